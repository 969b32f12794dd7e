#include "engine/kernels/lrn/reference_lrn.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/kernels/element.h"
#include "engine/kernels/strides.h"

namespace onebyone {
namespace {

template <typename T>
void NormalizeAcrossChannels(const ReferenceCall& call, const LrnAttributes& attributes) {
  const Shape& shape = call.inputs[0].shape;
  const int64_t channels = shape[1];
  const int64_t plane = ElementsOfAxes(shape, 2, shape.rank());
  const int64_t before = (attributes.size - 1) / 2;
  const int64_t after = attributes.size - 1 - before;
  std::vector<double> squares(static_cast<size_t>(plane));
  for (int64_t image = 0; image < shape[0]; ++image) {
    const T* x = call.inputs[0].As<T>() + image * channels * plane;
    T* output = call.outputs[0].As<T>() + image * channels * plane;
    for (int64_t channel = 0; channel < channels; ++channel) {
      squares.assign(squares.size(), 0.0);
      const int64_t first = std::max<int64_t>(0, channel - before);
      const int64_t last = std::min(channels - 1, channel + after);
      for (int64_t other = first; other <= last; ++other) {
        for (int64_t i = 0; i < plane; ++i) {
          const double value = Widen(x[other * plane + i]);
          squares[i] += value * value;
        }
      }
      for (int64_t i = channel * plane; i < (channel + 1) * plane; ++i) {
        const double base =
            attributes.bias + attributes.alpha / static_cast<double>(attributes.size) * squares[i - channel * plane];
        output[i] = Narrow<T>(Widen(x[i]) / std::pow(base, attributes.beta));
      }
    }
  }
}

}  // namespace

absl::Status ReferenceLrn(const ReferenceCall& call) {
  ASSIGN_OR_RETURN(const LrnAttributes* attributes, call.AttributesAs<LrnAttributes>());
  if (attributes->size < 1 || attributes->size > Shape::kMaxElements) {
    return call.Invalid(absl::StrCat("size: want 1 to ", Shape::kMaxElements, ", got ", attributes->size));
  }
  RETURN_IF_ERROR(call.ExpectRank(2));
  const ConstTensorView& x = call.inputs[0];
  RETURN_IF_ERROR(call.ExpectOutput(0, x.type, x.shape));
  return VisitFloating(call, x.type, [&](auto element) {
    NormalizeAcrossChannels<decltype(element)>(call, *attributes);
    return absl::OkStatus();
  });
}

}  // namespace onebyone
