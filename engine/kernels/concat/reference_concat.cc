#include "engine/kernels/concat/reference_concat.h"

#include <cstring>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/kernels/strides.h"

namespace onebyone {

absl::Status ReferenceConcat(const ReferenceCall& call) {
  ASSIGN_OR_RETURN(const AxisAttributes* attributes, call.AttributesAs<AxisAttributes>());
  Shape shape = call.inputs[0].shape;
  ASSIGN_OR_RETURN(const int axis, NormalizeAxis(attributes->axis, shape.rank()));
  for (size_t i = 1; i < call.inputs.size(); ++i) {
    RETURN_IF_ERROR(call.ExpectInputType(i, call.inputs[0].type));
    Shape wanted = call.inputs[0].shape;
    if (call.inputs[i].shape.rank() == wanted.rank()) wanted[axis] = call.inputs[i].shape[axis];
    RETURN_IF_ERROR(call.ExpectInputShape(i, wanted));
    shape[axis] += wanted[axis];
  }
  RETURN_IF_ERROR(call.ExpectOutput(0, call.inputs[0].type, shape));
  const int64_t outer = ElementsOfAxes(shape, 0, axis);
  uint8_t* output = call.outputs[0].As<uint8_t>();
  for (int64_t row = 0; row < outer; ++row) {
    for (const ConstTensorView& input : call.inputs) {
      const size_t bytes =
          static_cast<size_t>(ElementsOfAxes(input.shape, axis, input.shape.rank())) * SizeOf(input.type);
      if (bytes == 0) continue;
      std::memcpy(output, input.As<uint8_t>() + static_cast<size_t>(row) * bytes, bytes);
      output += bytes;
    }
  }
  return absl::OkStatus();
}

}  // namespace onebyone
