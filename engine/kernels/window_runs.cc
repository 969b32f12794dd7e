#include "engine/kernels/window_runs.h"

#include <algorithm>

#include "absl/container/inlined_vector.h"

namespace onebyone {

WindowRuns::WindowRuns(const Window& window, absl::Span<const int64_t> input, absl::Span<const int64_t> output)
    : window_(window),
      input_(input),
      output_(output),
      input_strides_(RowMajorStrides(input_)),
      output_strides_(RowMajorStrides(output_)) {
  for (const int64_t extent : window.kernel) taps_ *= extent;
}

WindowRuns::Range WindowRuns::RangeOf(size_t axis, int64_t tap_index) const {
  const int64_t stride = window_.strides[axis];
  const int64_t offset = tap_index * window_.dilations[axis] - window_.pads_begin[axis];  // input index of window 0
  const int64_t first = offset >= 0 ? 0 : (-offset + stride - 1) / stride;
  const int64_t room = input_[static_cast<int>(axis)] - offset;  // input elements from the tap of window 0 on
  const int64_t last = room <= 0 ? 0 : (room - 1) / stride + 1;
  return {first, std::min(last, output_[static_cast<int>(axis)]), first * stride + offset};
}

absl::Span<const WindowRun> WindowRuns::OfTap(int64_t tap) {
  runs_.clear();
  const size_t inner = window_.kernel.size() - 1;
  absl::InlinedVector<Range, 3> ranges(window_.kernel.size());
  int64_t rest = tap;
  for (size_t axis = inner + 1; axis-- > 0;) {
    ranges[axis] = RangeOf(axis, rest % window_.kernel[axis]);
    rest /= window_.kernel[axis];
    if (ranges[axis].first >= ranges[axis].last) return {};
  }
  WindowRun start;
  Strides rows(inner);
  Strides input_steps(inner);
  int64_t row_count = 1;
  for (size_t axis = 0; axis <= inner; ++axis) {
    start.output += ranges[axis].first * output_strides_[axis];
    start.input += ranges[axis].input * input_strides_[axis];
    if (axis == inner) continue;
    rows[axis] = ranges[axis].last - ranges[axis].first;
    input_steps[axis] = window_.strides[axis] * input_strides_[axis];
    row_count *= rows[axis];
  }
  StridedWalk output_walk(rows, absl::MakeConstSpan(output_strides_).first(inner));
  StridedWalk input_walk(rows, input_steps);
  for (int64_t row = 0; row < row_count; ++row, output_walk.Next(), input_walk.Next()) {
    runs_.push_back({start.output + output_walk.offset(), start.input + input_walk.offset(),
                     ranges[inner].last - ranges[inner].first});
  }
  return runs_;
}

}  // namespace onebyone
