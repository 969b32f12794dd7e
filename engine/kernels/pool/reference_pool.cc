#include "engine/kernels/pool/reference_pool.h"

#include <limits>
#include <vector>

#include "engine/base/status_macros.h"
#include "engine/kernels/element.h"
#include "engine/kernels/window_runs.h"
#include "engine/op/window_arithmetic.h"

namespace onebyone {
namespace {

struct Geometry {
  Window window;
  int64_t channels = 0;  // of all images
  Shape input;           // of one channel
  Shape output;
};

absl::StatusOr<Geometry> CheckOperands(const ReferenceCall& call, const PoolAttributes& attributes) {
  RETURN_IF_ERROR(call.ExpectRank(3));
  const ConstTensorView& x = call.inputs[0];
  ASSIGN_OR_RETURN(Window window, ResolveWindow(attributes.window, x.shape.extents().subspan(2), {}));
  ASSIGN_OR_RETURN(const Shape output, WindowedShape(x.shape, x.shape[1], window, attributes.ceil_mode));
  RETURN_IF_ERROR(call.ExpectOutput(0, x.type, output));
  if (call.HasOutput(1)) RETURN_IF_ERROR(call.ExpectOutput(1, DataType::kInt64, output));
  return Geometry{window, x.shape[0] * x.shape[1], Shape(x.shape.extents().subspan(2)),
                  Shape(output.extents().subspan(2))};
}

// The place of the element at row-major `index` of a channel in column-major order: the first axis runs fastest.
int64_t ColumnMajor(const Shape& channel, int64_t index) {
  int64_t place = 0;
  int64_t stride = channel.Elements();
  for (int axis = channel.rank() - 1; axis >= 0; --axis) {
    stride /= channel[axis];
    place += index % channel[axis] * stride;
    index /= channel[axis];
  }
  return place;
}

// Per window of one channel the index of the maximum in the channel, -1 where the window covers padding alone.
template <typename T>
void FindMaxima(const T* x, WindowRuns& windows, std::vector<int64_t>& maxima) {
  maxima.assign(maxima.size(), -1);
  for (int64_t tap = 0; tap < windows.taps(); ++tap) {
    for (const WindowRun& run : windows.OfTap(tap)) {
      int64_t candidate = run.input;
      for (int64_t i = 0; i < run.count; ++i, candidate += windows.input_step()) {
        int64_t& best = maxima[run.output + i];
        if (best < 0 || ExceedsOrNan(x[candidate], x[best])) best = candidate;
      }
    }
  }
}

template <typename T>
void PoolMaxima(const ReferenceCall& call, const Geometry& geometry, bool column_major) {
  const int64_t inputs = geometry.input.Elements();
  WindowRuns windows(geometry.window, geometry.input.extents(), geometry.output.extents());
  std::vector<int64_t> maxima(static_cast<size_t>(geometry.output.Elements()));
  T* output = call.outputs[0].As<T>();
  int64_t* indices = call.HasOutput(1) ? call.outputs[1].As<int64_t>() : nullptr;
  for (int64_t channel = 0; channel < geometry.channels; ++channel) {
    const T* x = call.inputs[0].As<T>() + channel * inputs;
    FindMaxima(x, windows, maxima);
    for (const int64_t best : maxima) {
      *output++ = best < 0 ? LowestElement<T>() : x[best];
      if (indices == nullptr) continue;
      const int64_t place = column_major && best >= 0 ? ColumnMajor(geometry.input, best) : best;
      *indices++ = best < 0 ? -1 : channel * inputs + place;
    }
  }
}

// How many positions of window `index` along `axis` count: those on the input, or with `padding` on the padded input.
int64_t CountedAlong(const Geometry& geometry, int axis, int64_t index, bool padding) {
  const Window& window = geometry.window;
  const int64_t begin = padding ? -window.pads_begin[axis] : 0;
  const int64_t end = geometry.input[axis] + (padding ? window.pads_end[axis] : 0);
  int64_t position = index * window.strides[axis] - window.pads_begin[axis];
  int64_t counted = 0;
  for (int64_t tap = 0; tap < window.kernel[axis]; ++tap, position += window.dilations[axis]) {
    if (position >= begin && position < end) ++counted;
  }
  return counted;
}

// The divisor of every window of a channel.
std::vector<int64_t> Divisors(const Geometry& geometry, bool padding) {
  std::vector<int64_t> divisors = {1};
  for (int axis = 0; axis < geometry.output.rank(); ++axis) {
    std::vector<int64_t> along;
    for (int64_t index = 0; index < geometry.output[axis]; ++index) {
      along.push_back(CountedAlong(geometry, axis, index, padding));
    }
    std::vector<int64_t> products;
    products.reserve(divisors.size() * along.size());
    for (const int64_t outer : divisors) {
      for (const int64_t counted : along) products.push_back(outer * counted);
    }
    divisors = std::move(products);
  }
  return divisors;
}

template <typename T>
void PoolMeans(const ReferenceCall& call, const Geometry& geometry, const std::vector<int64_t>& divisors) {
  const int64_t inputs = geometry.input.Elements();
  WindowRuns windows(geometry.window, geometry.input.extents(), geometry.output.extents());
  std::vector<double> sums(divisors.size());
  T* output = call.outputs[0].As<T>();
  for (int64_t channel = 0; channel < geometry.channels; ++channel) {
    const T* x = call.inputs[0].As<T>() + channel * inputs;
    sums.assign(sums.size(), 0.0);
    for (int64_t tap = 0; tap < windows.taps(); ++tap) {
      for (const WindowRun& run : windows.OfTap(tap)) {
        for (int64_t i = 0; i < run.count; ++i) sums[run.output + i] += Widen(x[run.input + i * windows.input_step()]);
      }
    }
    for (size_t i = 0; i < sums.size(); ++i) {
      *output++ = Narrow<T>(divisors[i] == 0 ? 0.0 : sums[i] / static_cast<double>(divisors[i]));
    }
  }
}

}  // namespace

absl::Status ReferenceMaxPool(const ReferenceCall& call) {
  ASSIGN_OR_RETURN(const PoolAttributes* attributes, call.AttributesAs<PoolAttributes>());
  ASSIGN_OR_RETURN(const Geometry geometry, CheckOperands(call, *attributes));
  return VisitNumber(call, call.inputs[0].type, [&](auto element) {
    PoolMaxima<decltype(element)>(call, geometry, attributes->column_major_indices);
    return absl::OkStatus();
  });
}

absl::Status ReferenceAveragePool(const ReferenceCall& call) {
  ASSIGN_OR_RETURN(const PoolAttributes* attributes, call.AttributesAs<PoolAttributes>());
  ASSIGN_OR_RETURN(const Geometry geometry, CheckOperands(call, *attributes));
  const std::vector<int64_t> divisors = Divisors(geometry, attributes->count_include_pad);
  return VisitFloating(call, call.inputs[0].type, [&](auto element) {
    PoolMeans<decltype(element)>(call, geometry, divisors);
    return absl::OkStatus();
  });
}

}  // namespace onebyone
