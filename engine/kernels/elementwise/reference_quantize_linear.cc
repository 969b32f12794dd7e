#include "engine/kernels/elementwise/reference_quantize_linear.h"

#include <cmath>
#include <cstdint>
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

absl::StatusOr<Blocks> SplitByScale(const ReferenceCall& call, const QuantizeAttributes& attributes) {
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

template <typename X, typename Q>
void Quantize(const ReferenceCall& call, const Blocks& blocks) {
  const X* x = call.inputs[0].As<X>();
  const X* scale = call.inputs[1].As<X>();
  const Q* zero_point = call.HasInput(2) ? call.inputs[2].As<Q>() : nullptr;
  Q* output = call.outputs[0].As<Q>();
  for (int64_t outer = 0; outer < blocks.outer; ++outer) {
    for (int64_t index = 0; index < blocks.scales; ++index) {
      const double zero = zero_point == nullptr ? 0.0 : static_cast<double>(zero_point[index]);
      const auto factor = ValueOf(scale[index]);
      for (int64_t i = 0; i < blocks.inner; ++i) {
        *output++ = Saturate<Q>(static_cast<double>(std::nearbyint(ValueOf(*x++) / factor)) + zero);
      }
    }
  }
}

absl::Status CheckZeroPoint(const ReferenceCall& call, DataType type) {
  if (!call.HasInput(2)) return absl::OkStatus();
  RETURN_IF_ERROR(call.ExpectInputType(2, type));
  if (call.inputs[2].shape.Elements() == call.inputs[1].shape.Elements()) return absl::OkStatus();
  return call.Invalid(absl::StrCat("zero point: want the shape of the scale, ", call.inputs[1].shape.ToString(),
                                   ", got ", call.inputs[2].shape.ToString()));
}

}  // namespace

absl::Status ReferenceDequantizeLinear(const ReferenceCall& call) {
  ASSIGN_OR_RETURN(const QuantizeAttributes* attributes, call.AttributesAs<QuantizeAttributes>());
  const ConstTensorView& x = call.inputs[0];
  const ConstTensorView& scale = call.inputs[1];
  ASSIGN_OR_RETURN(const Blocks blocks, SplitByScale(call, *attributes));
  RETURN_IF_ERROR(call.ExpectOutput(0, scale.type, x.shape));
  RETURN_IF_ERROR(CheckZeroPoint(call, x.type));
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

absl::Status ReferenceQuantizeLinear(const ReferenceCall& call) {
  ASSIGN_OR_RETURN(const QuantizeAttributes* attributes, call.AttributesAs<QuantizeAttributes>());
  const ConstTensorView& x = call.inputs[0];
  const DataType type = call.outputs[0].type;
  ASSIGN_OR_RETURN(const Blocks blocks, SplitByScale(call, *attributes));
  RETURN_IF_ERROR(call.ExpectInputType(1, x.type));
  RETURN_IF_ERROR(call.ExpectOutput(0, type, x.shape));
  RETURN_IF_ERROR(CheckZeroPoint(call, type));
  return VisitFloating(call, x.type, [&](auto element) -> absl::Status {
    using X = decltype(element);
    if (type != DataType::kUInt8 && type != DataType::kInt8) return call.Unsupported(type);
    type == DataType::kUInt8 ? Quantize<X, uint8_t>(call, blocks) : Quantize<X, int8_t>(call, blocks);
    return absl::OkStatus();
  });
}

}  // namespace onebyone
