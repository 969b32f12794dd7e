#pragma once

#include <cstdint>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/tensor/tensor_view.h"

namespace onebyone {

// How the pixels of a map become one vector.
enum class MapPooling : uint8_t {
  kNone,     // all elements, channel by channel
  kAverage,  // of each channel the mean of its pixels, summed in double precision
  kMax,      // the largest
};

// "none", "average", "max".
absl::string_view NameOf(MapPooling pooling);

// `map`: float32 [C, H, W], or [C], which has one pixel. `vector`: C * H * W numbers with kNone, else C.
void PoolMap(const ConstTensorView& map, MapPooling pooling, absl::Span<float> vector);

}  // namespace onebyone
