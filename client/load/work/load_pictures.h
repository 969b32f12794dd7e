#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace onebyone {

// A picture to send, encoded.
struct Picture {
  std::string name;  // its path, or what it was made as
  std::string content;
  double weight = 1;  // how often it is sent, beside the others
};

struct LoadPictures {
  std::vector<Picture> pictures;
  std::string description;  // in words: "folder photos/, 120 pictures"
};

int64_t TotalBytes(const LoadPictures& set);

// Shares of sizes, as typed: "64K:0.8,4M:0.2". Each picture belongs to the size that it is nearest to by ratio, and
// the pictures of a size share its share. INVALID_ARGUMENT where the text is none, or where no picture belongs to a
// size.
absl::Status ApplySizeMix(absl::string_view mix, LoadPictures& set);

}  // namespace onebyone
