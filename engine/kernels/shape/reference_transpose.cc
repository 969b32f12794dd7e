#include "engine/kernels/shape/reference_transpose.h"

#include <cstring>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/kernels/strides.h"

namespace onebyone {
namespace {

// The permutation with its default (reversed) filled in. INVALID_ARGUMENT unless it names every axis once.
absl::StatusOr<std::vector<int>> Permutation(const ReferenceCall& call, const TransposeAttributes& attributes) {
  const int rank = call.inputs[0].shape.rank();
  std::vector<int> permutation;
  if (attributes.permutation.empty()) {
    for (int axis = rank - 1; axis >= 0; --axis) permutation.push_back(axis);
    return permutation;
  }
  std::vector<bool> named(static_cast<size_t>(rank), false);
  for (const int64_t wanted : attributes.permutation) {
    ASSIGN_OR_RETURN(const int axis, NormalizeAxis(wanted, rank));
    if (named[axis]) return call.Invalid(absl::StrCat("permutation: want every axis once, got ", axis, " twice"));
    named[axis] = true;
    permutation.push_back(axis);
  }
  if (static_cast<int>(permutation.size()) != rank) {
    return call.Invalid(absl::StrCat("permutation: want ", rank, " axes, got ", permutation.size()));
  }
  return permutation;
}

}  // namespace

absl::Status ReferenceTranspose(const ReferenceCall& call) {
  ASSIGN_OR_RETURN(const TransposeAttributes* attributes, call.AttributesAs<TransposeAttributes>());
  ASSIGN_OR_RETURN(const std::vector<int> permutation, Permutation(call, *attributes));
  const ConstTensorView& x = call.inputs[0];
  const Strides input_strides = RowMajorStrides(x.shape);
  Shape shape;
  Strides strides;
  for (const int axis : permutation) {
    shape.Append(x.shape[axis]);
    strides.push_back(input_strides[axis]);
  }
  RETURN_IF_ERROR(call.ExpectOutput(0, x.type, shape));
  const auto bytes = static_cast<int64_t>(SizeOf(x.type));
  const int64_t elements = shape.Elements();
  uint8_t* output = call.outputs[0].As<uint8_t>();
  StridedWalk walk(shape.extents(), strides);
  for (int64_t i = 0; i < elements; ++i, walk.Next()) {
    std::memcpy(output + i * bytes, x.As<uint8_t>() + walk.offset() * bytes, static_cast<size_t>(bytes));
  }
  return absl::OkStatus();
}

}  // namespace onebyone
