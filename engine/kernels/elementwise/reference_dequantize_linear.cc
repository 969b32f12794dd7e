#include "engine/kernels/elementwise/reference_dequantize_linear.h"

#include <type_traits>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/kernels/element.h"
#include "engine/kernels/strides.h"

namespace onebyone {
namespace {

// x is read as [outer, scales, inner]: one scale for each index along the axis, or [1, 1, all] with one scale.
struct Blocks {
  int64_t outer = 1;
  int64_t scales = 1;
  int64_t inner = 1;
};

absl::StatusOr<Blocks> SplitByScale(const ReferenceCall& call, const DequantizeLinearAttributes& attributes) {
  const Shape& shape = call.inputs[0].shape;
  const Shape& scale = call.inputs[1].shape;
  if (scale.rank() == 0 || scale == Shape({1})) return Blocks{1, 1, shape.Elements()};
  ASSIGN_OR_RETURN(const int axis, NormalizeAxis(attributes.axis, shape.rank()));
  if (scale != Shape({shape[axis]})) {
    return call.Invalid(absl::StrCat("scale: want one number or ", shape[axis], " of them for axis ", axis, " of ",
                                     shape.ToString(), ", got ", scale.ToString()));
  }
  return Blocks{ElementsOfAxes(shape, 0, axis), shape[axis], ElementsOfAxes(shape, axis + 1, shape.rank())};
}

template <typename X, typename Scale>
void Dequantize(const ReferenceCall& call, const Blocks& blocks) {
  const X* x = call.inputs[0].As<X>();
  const Scale* scale = call.inputs[1].As<Scale>();
  const X* zero_point = call.HasInput(2) ? call.inputs[2].As<X>() : nullptr;
  Scale* output = call.outputs[0].As<Scale>();
  for (int64_t outer = 0; outer < blocks.outer; ++outer) {
    for (int64_t index = 0; index < blocks.scales; ++index) {
      const double zero = zero_point == nullptr ? 0.0 : static_cast<double>(zero_point[index]);
      const double factor = Widen(scale[index]);
      for (int64_t i = 0; i < blocks.inner; ++i) *output++ = Narrow<Scale>((static_cast<double>(*x++) - zero) * factor);
    }
  }
}

}  // namespace

absl::Status ReferenceDequantizeLinear(const ReferenceCall& call) {
  ASSIGN_OR_RETURN(const DequantizeLinearAttributes* attributes, call.AttributesAs<DequantizeLinearAttributes>());
  const ConstTensorView& x = call.inputs[0];
  const ConstTensorView& scale = call.inputs[1];
  ASSIGN_OR_RETURN(const Blocks blocks, SplitByScale(call, *attributes));
  RETURN_IF_ERROR(call.ExpectOutput(0, scale.type, x.shape));
  if (call.HasInput(2)) {
    RETURN_IF_ERROR(call.ExpectInputType(2, x.type));
    if (call.inputs[2].shape.Elements() != scale.shape.Elements()) {
      return call.Invalid(absl::StrCat("zero point: want the shape of the scale, ", scale.shape.ToString(), ", got ",
                                       call.inputs[2].shape.ToString()));
    }
  }
  return VisitFloating(call, scale.type, [&](auto scale_element) {
    return VisitNumber(call, x.type, [&](auto x_element) -> absl::Status {
      if constexpr (kIsFloating<decltype(x_element)>) {
        return call.Unsupported(x.type);
      } else {
        Dequantize<decltype(x_element), decltype(scale_element)>(call, blocks);
        return absl::OkStatus();
      }
    });
  });
}

}  // namespace onebyone
