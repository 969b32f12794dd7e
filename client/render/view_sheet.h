#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "onebyone/v1/tensor.pb.h"

namespace onebyone {

// What the sheet says about the map beside what the map says itself.
struct ViewCaption {
  std::string model;
  int64_t version = 0;
  std::string image_name;
};

// One sheet as PNG: all channels of `map` as a grid (bars for a vector), each scaled to its own range, and beside it
// the photograph and the heat map of the mean |activation| laid over it. `photograph`: the encoded bytes that `map` was
// extracted from.
//
// `map` in CHW, any data type. INVALID_ARGUMENT where the photograph cannot be decoded, INTERNAL where the map
// contradicts itself or has no usable geometry, RESOURCE_EXHAUSTED where there is no memory for the picture.
absl::StatusOr<std::string> DrawViewSheet(absl::string_view photograph, const v1::FeatureMap& map,
                                          const ViewCaption& caption);

}  // namespace onebyone
