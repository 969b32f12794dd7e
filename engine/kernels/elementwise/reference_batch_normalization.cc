#include "engine/kernels/elementwise/reference_batch_normalization.h"

#include <cmath>
#include <vector>

#include "engine/base/status_macros.h"
#include "engine/kernels/element.h"
#include "engine/kernels/strides.h"

namespace onebyone {
namespace {

constexpr size_t kScale = 1, kBias = 2, kMean = 3, kVariance = 4;

absl::StatusOr<std::vector<double>> ReadParameter(const ReferenceCall& call, size_t index, int64_t channels) {
  RETURN_IF_ERROR(call.ExpectInputShape(index, Shape({channels})));
  const ConstTensorView& parameter = call.inputs[index];
  std::vector<double> values;
  RETURN_IF_ERROR(VisitFloating(call, parameter.type, [&](auto element) {
    const auto* elements = parameter.As<decltype(element)>();
    for (int64_t channel = 0; channel < channels; ++channel) values.push_back(Widen(elements[channel]));
    return absl::OkStatus();
  }));
  return values;
}

}  // namespace

absl::Status ReferenceBatchNormalization(const ReferenceCall& call) {
  ASSIGN_OR_RETURN(const BatchNormalizationAttributes* attributes, call.AttributesAs<BatchNormalizationAttributes>());
  RETURN_IF_ERROR(call.ExpectRank(1));
  const ConstTensorView& x = call.inputs[0];
  RETURN_IF_ERROR(call.ExpectOutput(0, x.type, x.shape));
  const int64_t channels = x.shape.rank() > 1 ? x.shape[1] : 1;
  ASSIGN_OR_RETURN(const std::vector<double> scale, ReadParameter(call, kScale, channels));
  ASSIGN_OR_RETURN(const std::vector<double> bias, ReadParameter(call, kBias, channels));
  ASSIGN_OR_RETURN(const std::vector<double> mean, ReadParameter(call, kMean, channels));
  ASSIGN_OR_RETURN(const std::vector<double> variance, ReadParameter(call, kVariance, channels));
  const int64_t plane = ElementsOfAxes(x.shape, 2, x.shape.rank());
  return VisitFloating(call, x.type, [&](auto element) {
    using T = decltype(element);
    const T* from = x.As<T>();
    T* to = call.outputs[0].As<T>();
    for (int64_t image = 0; image < x.shape[0]; ++image) {
      for (int64_t channel = 0; channel < channels; ++channel) {
        const double deviation = std::sqrt(variance[channel] + attributes->epsilon);
        for (int64_t i = 0; i < plane; ++i) {
          *to++ = Narrow<T>((Widen(*from++) - mean[channel]) / deviation * scale[channel] + bias[channel]);
        }
      }
    }
    return absl::OkStatus();
  });
}

}  // namespace onebyone
