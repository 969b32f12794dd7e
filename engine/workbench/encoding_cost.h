#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/types/span.h"

namespace onebyone {

// What an answer of one map costs in a form of the wire.
struct EncodingCost {
  std::string data_type;  // "float32", "float16", "bfloat16", "uint8"
  std::string layout;     // "CHW", "HWC"
  int64_t bytes = 0;      // with the scale and the zero point of each channel, as protobuf packs them
  double min_ms = 0;
};

// Encodes `map`, float32 [channels, cells], `runs` times in each data type, float32 in both layouts: the conversions
// that the server runs.
std::vector<EncodingCost> MeasureEncodings(absl::Span<const float> map, int64_t channels, int runs);

}  // namespace onebyone
