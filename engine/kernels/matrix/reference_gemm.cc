#include "engine/kernels/matrix/reference_gemm.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/kernels/element.h"
#include "engine/kernels/element_values.h"
#include "engine/kernels/matrix/matrix_product.h"
#include "engine/kernels/strides.h"

namespace onebyone {
namespace {

template <typename T>
T Combine(const GemmAttributes& attributes, Wide<T> product, Wide<T> addend) {
  if constexpr (kIsFloating<T>) {
    return Narrow<T>(attributes.alpha * product + attributes.beta * addend);
  } else {
    if (attributes.alpha == 1.0F && attributes.beta == 1.0F) return Narrow<T>(product + addend);
    const auto scaled = [](float factor, Wide<T> value) { return factor * static_cast<double>(static_cast<T>(value)); };
    return Saturate<T>(scaled(attributes.alpha, product) + scaled(attributes.beta, addend));
  }
}

template <typename T>
void Multiply(const ReferenceCall& call, const GemmAttributes& attributes, int64_t depth) {
  using Value = typename ElementValues<T>::Value;
  const Shape& shape = call.outputs[0].shape;
  const Shape& shape_a = call.inputs[0].shape;
  const Shape& shape_b = call.inputs[1].shape;
  const ElementValues<T> values_a(call.inputs[0].As<T>(), shape_a.Elements());
  const ElementValues<T> values_b(call.inputs[1].As<T>(), shape_b.Elements());
  MatrixView<Value> a{values_a.data(), shape_a[1], 1};
  MatrixView<Value> b{values_b.data(), shape_b[1], 1};
  if (attributes.transpose_a) a = {values_a.data(), 1, shape_a[1]};
  if (attributes.transpose_b) b = {values_b.data(), 1, shape_b[1]};
  const bool adds = call.HasInput(2) && attributes.beta != 0.0F;
  const T* addend = adds ? call.inputs[2].As<T>() : nullptr;
  StridedWalk walk(shape.extents(), adds ? BroadcastStrides(call.inputs[2].shape, shape) : Strides{0, 0});
  std::vector<Wide<T>> sums(static_cast<size_t>(shape[1]));
  T* output = call.outputs[0].As<T>();
  for (int64_t row = 0; row < shape[0]; ++row) {
    MultiplyRow(a, row, b, depth, shape[1], sums.data());
    for (const Wide<T> sum : sums) {
      *output++ = Combine<T>(attributes, sum, adds ? Widen(addend[walk.offset()]) : Wide<T>{0});
      walk.Next();
    }
  }
}

}  // namespace

absl::Status ReferenceGemm(const ReferenceCall& call) {
  ASSIGN_OR_RETURN(const GemmAttributes* attributes, call.AttributesAs<GemmAttributes>());
  const ConstTensorView& a = call.inputs[0];
  const ConstTensorView& b = call.inputs[1];
  if (a.shape.rank() != 2 || b.shape.rank() != 2) {
    return call.Invalid(absl::StrCat("want two matrices, got ", a.shape.ToString(), " and ", b.shape.ToString()));
  }
  const int64_t depth = a.shape[attributes->transpose_a ? 0 : 1];
  if (b.shape[attributes->transpose_b ? 1 : 0] != depth) {
    return call.Invalid(absl::StrCat("want matrices that share ", depth, " elements, got ", a.shape.ToString(), " and ",
                                     b.shape.ToString()));
  }
  const Shape shape({a.shape[attributes->transpose_a ? 1 : 0], b.shape[attributes->transpose_b ? 0 : 1]});
  RETURN_IF_ERROR(call.ExpectInputType(1, a.type));
  RETURN_IF_ERROR(call.ExpectOutput(0, a.type, shape));
  if (call.HasInput(2)) {
    RETURN_IF_ERROR(call.ExpectInputType(2, a.type));
    ASSIGN_OR_RETURN(const Shape both, BroadcastShapes(call.inputs[2].shape, shape));
    if (both != shape) {
      return call.Invalid(absl::StrCat("C: want a shape that broadcasts to ", shape.ToString(), ", got ",
                                       call.inputs[2].shape.ToString()));
    }
  }
  return VisitNumber(call, a.type, [&](auto element) {
    Multiply<decltype(element)>(call, *attributes, depth);
    return absl::OkStatus();
  });
}

}  // namespace onebyone
