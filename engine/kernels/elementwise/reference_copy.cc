#include "engine/kernels/elementwise/reference_copy.h"

#include <algorithm>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/kernels/element.h"

namespace onebyone {

absl::Status ReferenceCopy(const ReferenceCall& call) {
  const ConstTensorView& x = call.inputs[0];
  const int64_t elements = x.shape.Elements();
  if (call.outputs[0].shape.Elements() != elements) {
    return call.Invalid(absl::StrCat("output: want ", elements, " elements, got ", call.outputs[0].shape.ToString()));
  }
  RETURN_IF_ERROR(call.ExpectOutput(0, x.type, call.outputs[0].shape));
  if (elements > 0) std::memcpy(call.outputs[0].data, x.data, static_cast<size_t>(elements) * SizeOf(x.type));
  return absl::OkStatus();
}

absl::Status ReferenceDropout(const ReferenceCall& call) {
  const Shape& shape = call.inputs[0].shape;
  RETURN_IF_ERROR(call.ExpectOutput(0, call.inputs[0].type, shape));
  RETURN_IF_ERROR(ReferenceCopy(call));
  if (!call.HasOutput(1)) return absl::OkStatus();
  const TensorView& mask = call.outputs[1];
  const DataType wanted = mask.type == DataType::kBool ? DataType::kBool : call.inputs[0].type;
  RETURN_IF_ERROR(call.ExpectOutput(1, wanted, shape));
  VisitDataType(mask.type, [&](auto element) {
    using T = decltype(element);
    std::fill_n(mask.As<T>(), shape.Elements(), Saturate<T>(1.0));
  });
  return absl::OkStatus();
}

}  // namespace onebyone
