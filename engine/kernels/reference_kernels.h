#pragma once

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "engine/op/attributes.h"
#include "engine/op/op_type.h"
#include "engine/tensor/tensor_view.h"

namespace onebyone {

// Computes one node plainly: the judge of every fast kernel, and the only kernel for element types and ranks that have
// no fast one. Any element type that ONNX allows for the operator; arithmetic in double for floating-point types
// (float16 and bfloat16 round at the end), in the type itself for integers.
//
// `inputs` and `outputs` in the order of the node, dense and row-major, shapes and types as InferNode tells; an absent
// optional input has null data. `outputs` must not overlap `inputs`. UNIMPLEMENTED, naming operator and type, where
// there is no kernel.
absl::Status RunReference(OpType op, const Attributes& attributes, absl::Span<const ConstTensorView> inputs,
                          absl::Span<const TensorView> outputs);

}  // namespace onebyone
