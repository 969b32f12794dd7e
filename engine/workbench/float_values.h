#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/calibration/calibration.h"
#include "engine/graph/graph.h"

namespace onebyone {

// Values that are bytes together or floats together: what concats and pools join, before and behind activations.
struct ByteValue {
  std::vector<std::string> names;  // all that have a range, in graph order
  double price = 0;                // of keeping them as floats, in multiply-adds of convolutions that then are float
  int64_t multiply_adds = 0;       // of these convolutions
};

// Those of a network as imported, with an input of `height` x `width`, that are bytes by `calibration`; in graph order.
absl::StatusOr<std::vector<ByteValue>> FindByteValues(const Graph& network, int64_t height, int64_t width,
                                                      const Calibration& calibration);

// Takes the range of `value` from `calibration`: what has no range stays float, convolutions that read it compute in
// float, and those that give it still read bytes.
void StayFloat(const ByteValue& value, Calibration& calibration);

// `calibration` with the ranges of `value` only: nothing else is bytes.
Calibration OnlyBytes(const ByteValue& value, const Calibration& calibration);

}  // namespace onebyone
