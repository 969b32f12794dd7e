#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "onebyone/v1/tensor.pb.h"

namespace onebyone {

// How the elements of a map lie, whatever its layout. A vector has height and width 1.
struct MapExtent {
  int64_t channels = 0;
  int64_t height = 1;
  int64_t width = 1;
  int64_t elements() const { return channels * height * width; }
};

// Checks that shape, layout, type, content, scale and zero point of `map` fit each other; the other functions here do
// so too. INTERNAL, naming the layer, what was wanted and got: a server that contradicts itself.
absl::StatusOr<MapExtent> CheckFeatureMap(const v1::FeatureMap& map);

// The elements as float32 in the map's own order; UINT8 becomes scale[c] * (element - zero_point[c]).
absl::StatusOr<std::vector<float>> FloatValues(const v1::FeatureMap& map);

// The map as a NumPy file (.npy) of the map's shape: "<f4" for FLOAT32, "<f2" for FLOAT16. NumPy has no bfloat16, and a
// bare |u1 would lose scale and zero point: BFLOAT16 (exactly) and UINT8 (its real values) become "<f4".
absl::StatusOr<std::string> NpyFile(const v1::FeatureMap& map);

}  // namespace onebyone
