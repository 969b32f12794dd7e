#include "engine/kernels/conv/reference_conv.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/kernels/element.h"
#include "engine/kernels/element_values.h"
#include "engine/kernels/elementwise/activation.h"
#include "engine/kernels/window_runs.h"
#include "engine/op/window_arithmetic.h"

namespace onebyone {
namespace {

struct Geometry {
  Window window;
  int64_t images = 0;
  int64_t channels = 0;
  int64_t group_channels = 0;  // input channels that one output channel sees
  int64_t maps = 0;            // output channels
  int64_t group_maps = 0;
  Shape input;   // of one channel
  Shape output;  // of one map
};

absl::StatusOr<Geometry> CheckOperands(const ReferenceCall& call, const ConvAttributes& attributes) {
  RETURN_IF_ERROR(call.ExpectRank(3));
  const ConstTensorView& x = call.inputs[0];
  const ConstTensorView& weights = call.inputs[1];
  const int64_t groups = attributes.groups;
  if (weights.shape.rank() != x.shape.rank()) {
    return call.Invalid(
        absl::StrCat("weights: want the rank of the input ", x.shape.ToString(), ", got ", weights.shape.ToString()));
  }
  const int64_t channels = x.shape[1];
  const int64_t maps = weights.shape[0];
  if (groups < 1 || channels % groups != 0 || maps % groups != 0 || weights.shape[1] != channels / groups) {
    return call.Invalid(absl::StrCat("groups: want a divisor of ", channels, " input and ", maps,
                                     " output channels, and weights of that many channels, got ", groups, " and ",
                                     weights.shape.ToString()));
  }
  ASSIGN_OR_RETURN(Window window,
                   ResolveWindow(attributes.window, x.shape.extents().subspan(2), weights.shape.extents().subspan(2)));
  ASSIGN_OR_RETURN(const Shape output, WindowedShape(x.shape, maps, window, /*ceil_mode=*/false));
  RETURN_IF_ERROR(call.ExpectInputType(1, x.type));
  RETURN_IF_ERROR(call.ExpectOutput(0, x.type, output));
  if (call.HasInput(2)) {
    RETURN_IF_ERROR(call.ExpectInputType(2, x.type));
    RETURN_IF_ERROR(call.ExpectInputShape(2, Shape({maps})));
  }
  return Geometry{window,
                  x.shape[0],
                  channels,
                  channels / groups,
                  maps,
                  maps / groups,
                  Shape(x.shape.extents().subspan(2)),
                  Shape(output.extents().subspan(2))};
}

template <typename Value>
void AddWeighted(absl::Span<const WindowRun> runs, int64_t input_step, double weight, const Value* input,
                 double* sums) {
  for (const WindowRun& run : runs) {
    const Value* from = input + run.input;
    double* to = sums + run.output;
    for (int64_t i = 0; i < run.count; ++i) to[i] += weight * static_cast<double>(from[i * input_step]);
  }
}

template <typename T>
void Convolve(const ReferenceCall& call, const ConvAttributes& attributes, const Geometry& geometry) {
  const int64_t inputs = geometry.input.Elements();
  const int64_t outputs = geometry.output.Elements();
  const ElementValues<T> x(call.inputs[0].As<T>(), geometry.images * geometry.channels * inputs);
  const ElementValues<T> weights(call.inputs[1].As<T>(), call.inputs[1].shape.Elements());
  const T* bias = call.HasInput(2) ? call.inputs[2].As<T>() : nullptr;
  T* output = call.outputs[0].As<T>();
  WindowRuns windows(geometry.window, geometry.input.extents(), geometry.output.extents());
  std::vector<double> sums(static_cast<size_t>(outputs));
  for (int64_t image = 0; image < geometry.images; ++image) {
    for (int64_t map = 0; map < geometry.maps; ++map) {
      sums.assign(sums.size(), bias == nullptr ? 0.0 : Widen(bias[map]));
      const int64_t first_channel = map / geometry.group_maps * geometry.group_channels;
      for (int64_t tap = 0; tap < windows.taps(); ++tap) {
        const absl::Span<const WindowRun> runs = windows.OfTap(tap);
        for (int64_t channel = 0; channel < geometry.group_channels; ++channel) {
          const auto weight = weights.data()[(map * geometry.group_channels + channel) * windows.taps() + tap];
          const auto* plane = x.data() + (image * geometry.channels + first_channel + channel) * inputs;
          AddWeighted(runs, windows.input_step(), static_cast<double>(weight), plane, sums.data());
        }
      }
      for (const double sum : sums) {
        *output++ = Narrow<T>(attributes.activation.has_value() ? Activate(*attributes.activation, sum) : sum);
      }
    }
  }
}

}  // namespace

absl::Status ReferenceConv(const ReferenceCall& call) {
  ASSIGN_OR_RETURN(const ConvAttributes* attributes, call.AttributesAs<ConvAttributes>());
  return VisitFloating(call, call.inputs[0].type, [&](auto element) -> absl::Status {
    ASSIGN_OR_RETURN(const Geometry geometry, CheckOperands(call, *attributes));
    Convolve<decltype(element)>(call, *attributes, geometry);
    return absl::OkStatus();
  });
}

}  // namespace onebyone
