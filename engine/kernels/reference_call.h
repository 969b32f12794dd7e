#pragma once

#include <cstdint>
#include <variant>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/op/attributes.h"
#include "engine/op/op_type.h"
#include "engine/tensor/tensor_view.h"

namespace onebyone {

// One call of a reference kernel: the arguments of RunReference, and the checks that every kernel makes before it
// computes. Shape inference has made them all already; they are repeated because a kernel that believes a wrong shape
// writes over foreign memory. The arguments must outlive the call.
struct ReferenceCall {
  OpType op;
  const Attributes& attributes;
  absl::Span<const ConstTensorView> inputs;
  absl::Span<const TensorView> outputs;

  // True where the optional operand at `index` is there.
  bool HasInput(size_t index) const { return index < inputs.size() && inputs[index].data != nullptr; }
  bool HasOutput(size_t index) const { return index < outputs.size() && outputs[index].data != nullptr; }

  // The attributes as the struct of the operator. INVALID_ARGUMENT where they are those of another one.
  template <typename T>
  absl::StatusOr<const T*> AttributesAs() const {
    const T* found = std::get_if<T>(&attributes);
    if (found == nullptr) return Invalid("want the attributes of the operator, got those of another one");
    return found;
  }

  // INVALID_ARGUMENT unless output `index` has this type and shape.
  absl::Status ExpectOutput(size_t index, DataType type, const Shape& shape) const;
  // INVALID_ARGUMENT unless input `index` has this type.
  absl::Status ExpectInputType(size_t index, DataType type) const;
  // INVALID_ARGUMENT unless input `index` has this shape.
  absl::Status ExpectInputShape(size_t index, const Shape& shape) const;
  // INVALID_ARGUMENT unless the first input has at least this rank.
  absl::Status ExpectRank(int least) const;

  // Errors that begin with the operator's name.
  absl::Status Invalid(absl::string_view what) const;
  absl::Status Unsupported(DataType type) const;  // UNIMPLEMENTED
};

// A reference kernel; errors as RunReference.
using ReferenceFunction = absl::Status (*)(const ReferenceCall& call);

}  // namespace onebyone
