#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace onebyone {

// One vector for each of many images, all of one length. Images may stay without.
class FeatureTable {
 public:
  // INVALID_ARGUMENT where the vectors would take more than `max_bytes`. No memory is taken before Set.
  static absl::StatusOr<FeatureTable> Create(size_t images, int64_t numbers, int64_t max_bytes);

  // Keeps `values`, scaled to Euclidean length 1; a vector of zeros stays. INTERNAL where there are not as many as
  // wanted or one is not finite. Threads may set different images at once.
  absl::Status Set(size_t image, absl::Span<const float> values);

  size_t images() const { return rows_.size(); }
  bool Has(size_t image) const { return !rows_[image].empty(); }
  absl::Span<const float> operator[](size_t image) const { return rows_[image]; }

 private:
  FeatureTable(size_t images, size_t numbers) : numbers_(numbers), rows_(images) {}
  size_t numbers_;
  std::vector<std::vector<float>> rows_;
};

struct Neighbour {
  size_t image = 0;
  float cosine = 0;
};

// For each image the `count` others (or all, where they are fewer) of the largest cosine, the largest first, of equals
// the one that comes first; none for an image without a vector. Compares all pairs, on every CPU; CANCELLED where
// `stop` became true.
absl::StatusOr<std::vector<std::vector<Neighbour>>> NearestNeighbours(const FeatureTable& features, size_t count,
                                                                      const std::function<bool()>& stop);

}  // namespace onebyone
