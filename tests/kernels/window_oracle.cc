#include "tests/kernels/window_oracle.h"

namespace onebyone::testing {

void ForEachIndex(const Shape& extents, const std::function<void(const std::vector<int64_t>&)>& visit) {
  std::vector<int64_t> index;
  const std::function<void()> descend = [&] {
    const auto axis = static_cast<int>(index.size());
    if (axis == extents.rank()) {
      visit(index);
      return;
    }
    for (int64_t i = 0; i < extents[axis]; ++i) {
      index.push_back(i);
      descend();
      index.pop_back();
    }
  };
  descend();
}

int64_t OffsetOf(const Shape& shape, const std::vector<int64_t>& index) {
  int64_t offset = 0;
  for (int axis = 0; axis < shape.rank(); ++axis) offset = offset * shape[axis] + index[axis];
  return offset;
}

std::vector<TapPlace> TapsOf(const Window& window, const Shape& channel, const std::vector<int64_t>& index) {
  std::vector<TapPlace> places;
  ForEachIndex(Shape(absl::MakeConstSpan(window.kernel)), [&](const std::vector<int64_t>& tap) {
    TapPlace place{TapPlace::On::kElement, 0, 0, static_cast<int64_t>(places.size())};
    std::vector<int64_t> position;
    for (int axis = 0; axis < channel.rank(); ++axis) {
      const int64_t at =
          index[axis] * window.strides[axis] + tap[axis] * window.dilations[axis] - window.pads_begin[axis];
      position.push_back(at);
      if (at >= channel[axis] + window.pads_end[axis]) place.on = TapPlace::On::kNothing;
      if ((at < 0 || at >= channel[axis]) && place.on == TapPlace::On::kElement) place.on = TapPlace::On::kPadding;
    }
    place.offset = OffsetOf(channel, position);
    for (int axis = channel.rank() - 1; axis >= 0; --axis) {
      place.column_major = place.column_major * channel[axis] + position[axis];
    }
    places.push_back(place);
  });
  return places;
}

}  // namespace onebyone::testing
