#include "engine/kernels/reduce/reference_softmax.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/base/status_macros.h"
#include "engine/kernels/element.h"
#include "engine/kernels/strides.h"

namespace onebyone {
namespace {

// Elements [0, count) of a row that lie `stride` apart.
template <typename T>
void Normalize(const T* x, T* output, int64_t count, int64_t stride) {
  double largest = -std::numeric_limits<double>::infinity();
  for (int64_t i = 0; i < count; ++i) largest = std::max(largest, Widen(x[i * stride]));
  double sum = 0.0;
  for (int64_t i = 0; i < count; ++i) sum += std::exp(Widen(x[i * stride]) - largest);
  for (int64_t i = 0; i < count; ++i) {
    output[i * stride] = Narrow<T>(std::exp(Widen(x[i * stride]) - largest) / sum);
  }
}

// The axis to normalise along. With flatten_to_2d it may be the rank itself, which makes every element a row.
absl::StatusOr<int> AxisOf(const SoftmaxAttributes& attributes, int rank) {
  if (attributes.flatten_to_2d && attributes.axis == rank) return rank;
  return NormalizeAxis(attributes.axis, rank);
}

}  // namespace

absl::Status ReferenceSoftmax(const ReferenceCall& call) {
  ASSIGN_OR_RETURN(const SoftmaxAttributes* attributes, call.AttributesAs<SoftmaxAttributes>());
  const ConstTensorView& x = call.inputs[0];
  const int rank = x.shape.rank();
  ASSIGN_OR_RETURN(const int axis, AxisOf(*attributes, rank));
  RETURN_IF_ERROR(call.ExpectOutput(0, x.type, x.shape));
  const int row_end = attributes->flatten_to_2d ? rank : axis + 1;
  const int64_t outer = ElementsOfAxes(x.shape, 0, axis);
  const int64_t row = ElementsOfAxes(x.shape, axis, row_end);
  const int64_t inner = ElementsOfAxes(x.shape, row_end, rank);
  return VisitFloating(call, x.type, [&](auto element) {
    using T = decltype(element);
    for (int64_t i = 0; i < outer; ++i) {
      for (int64_t j = 0; j < inner; ++j) {
        const int64_t begin = i * row * inner + j;
        Normalize(x.As<T>() + begin, call.outputs[0].As<T>() + begin, row, inner);
      }
    }
    return absl::OkStatus();
  });
}

}  // namespace onebyone
