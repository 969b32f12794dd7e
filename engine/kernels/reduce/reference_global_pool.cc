#include "engine/kernels/reduce/reference_global_pool.h"

#include <limits>

#include "engine/base/status_macros.h"
#include "engine/kernels/element.h"
#include "engine/kernels/strides.h"

namespace onebyone {
namespace {

// Writes reduce(elements, count) for each channel.
template <typename Reduce>
absl::Status ReduceChannels(const ReferenceCall& call, Reduce reduce) {
  RETURN_IF_ERROR(call.ExpectRank(2));
  const ConstTensorView& x = call.inputs[0];
  Shape shape({x.shape[0], x.shape[1]});
  for (int axis = 2; axis < x.shape.rank(); ++axis) shape.Append(1);
  RETURN_IF_ERROR(call.ExpectOutput(0, x.type, shape));
  const int64_t plane = ElementsOfAxes(x.shape, 2, x.shape.rank());
  return VisitFloating(call, x.type, [&](auto element) {
    using T = decltype(element);
    const int64_t channels = shape.Elements();
    for (int64_t channel = 0; channel < channels; ++channel) {
      call.outputs[0].As<T>()[channel] = reduce(x.As<T>() + channel * plane, plane);
    }
    return absl::OkStatus();
  });
}

struct MeanOf {
  template <typename T>
  T operator()(const T* elements, int64_t count) const {
    double sum = count == 0 ? std::numeric_limits<double>::quiet_NaN() : 0.0;
    for (int64_t i = 0; i < count; ++i) sum += Widen(elements[i]);
    return Narrow<T>(sum / static_cast<double>(count));
  }
};

struct MaximumOf {
  template <typename T>
  T operator()(const T* elements, int64_t count) const {
    if (count == 0) return LowestElement<T>();
    T largest = elements[0];
    for (int64_t i = 1; i < count; ++i) {
      if (ExceedsOrNan(elements[i], largest)) largest = elements[i];
    }
    return largest;
  }
};

}  // namespace

absl::Status ReferenceGlobalAveragePool(const ReferenceCall& call) { return ReduceChannels(call, MeanOf()); }

absl::Status ReferenceGlobalMaxPool(const ReferenceCall& call) { return ReduceChannels(call, MaximumOf()); }

}  // namespace onebyone
