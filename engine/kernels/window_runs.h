#pragma once

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "engine/kernels/strides.h"
#include "engine/op/attributes.h"

namespace onebyone {

// Neighbouring windows along the innermost axis of one channel, all of which have one and the same tap inside the
// input.
struct WindowRun {
  int64_t output = 0;  // offset of the first window's result in the channel's output
  int64_t input = 0;   // offset of the element under the tap in the channel's input
  int64_t count = 0;   // windows; the next one is 1 further in the output, input_step() in the input
};

// Which input elements the windows of a convolution or pool see, for any number of spatial axes. A tap is one position
// of the kernel, counted in row-major order; taps that fall on padding are left out.
class WindowRuns {
 public:
  // `window` is resolved (window_arithmetic.h); `input` and `output` are the extents of one channel.
  WindowRuns(const Window& window, absl::Span<const int64_t> input, absl::Span<const int64_t> output);

  int64_t taps() const { return taps_; }
  int64_t input_step() const { return window_.strides.back(); }

  // The runs of one tap, 0 <= tap < taps(). They stay valid until the next call.
  absl::Span<const WindowRun> OfTap(int64_t tap);

 private:
  // Along one axis: the windows [first, last) have the tap inside the input, the first of them at input index `input`.
  struct Range {
    int64_t first = 0;
    int64_t last = 0;
    int64_t input = 0;
  };
  Range RangeOf(size_t axis, int64_t tap_index) const;

  const Window window_;
  const Shape input_;
  const Shape output_;
  const Strides input_strides_;
  const Strides output_strides_;
  int64_t taps_ = 1;
  std::vector<WindowRun> runs_;
};

}  // namespace onebyone
