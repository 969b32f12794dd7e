#include "engine/workbench/map_pooling.h"

#include <algorithm>
#include <numeric>

namespace onebyone {

absl::string_view NameOf(MapPooling pooling) {
  switch (pooling) {
    case MapPooling::kNone: return "none";
    case MapPooling::kAverage: return "average";
    case MapPooling::kMax: break;
  }
  return "max";
}

void PoolMap(const ConstTensorView& map, MapPooling pooling, absl::Span<float> vector) {
  const auto* pixels = map.As<float>();
  if (pooling == MapPooling::kNone) {
    std::copy_n(pixels, vector.size(), vector.begin());
    return;
  }
  const int64_t count = map.shape.Elements() / static_cast<int64_t>(vector.size());
  for (float& channel : vector) {
    channel = pooling == MapPooling::kMax
                  ? *std::max_element(pixels, pixels + count)
                  : static_cast<float>(std::accumulate(pixels, pixels + count, 0.0) / static_cast<double>(count));
    pixels += count;
  }
}

}  // namespace onebyone
