#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/import/constant_budget.h"
#include "engine/tensor/tensor.h"

namespace onnx {
class TensorProto;
}

namespace onebyone {

// The elements of `proto`, copied once. They are counted against its shape and `budget` before memory is taken; `place`
// names the tensor in errors. INVALID_ARGUMENT for a shape that no tensor can have, for too few or too many elements or
// elements that do not fit their type; UNIMPLEMENTED for element types that onebyone lacks and for elements kept
// outside the file.
absl::StatusOr<Tensor> DecodeTensor(const onnx::TensorProto& proto, absl::string_view place, ConstantBudget& budget);

}  // namespace onebyone
