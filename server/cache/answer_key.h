#pragma once

#include <cstdint>
#include <utility>

#include "absl/status/statusor.h"
#include "engine/bundle/sha256.h"
#include "onebyone/v1/feature_extraction.pb.h"
#include "server/image_source.h"

namespace onebyone {

// All that the answer for a picture depends on: pictures with equal keys have equal answers.
struct AnswerKey {
  uint64_t model = 0;      // ModelNumbers: a bundle as it was loaded, so its files, version, precision and kernels
  Sha256Digest asked{};    // of each picture of the request
  Sha256Digest picture{};  // its bytes and their form

  friend bool operator==(const AnswerKey&, const AnswerKey&) = default;
  template <typename H>
  friend H AbslHashValue(H state, const AnswerKey& key) {
    return H::combine(std::move(state), key.model, key.asked, key.picture);
  }
};

// Of every field of `request`, but for its pictures, its model and version (the key has both), and its priority. Fields
// that say the same in other words (unset, or the default set) are not the same. UNAVAILABLE where there is no SHA-256.
absl::StatusOr<Sha256Digest> DigestOfAsked(const v1::ExtractFeaturesRequest& request);

// Of a picture as it came, but for its id. UNAVAILABLE likewise.
absl::StatusOr<Sha256Digest> DigestOfPicture(const ImageSource& source);

}  // namespace onebyone
