#include "engine/kernels/reference_call.h"

#include <string>

#include "absl/strings/str_cat.h"

namespace onebyone {

absl::Status ReferenceCall::ExpectOutput(size_t index, DataType type, const Shape& shape) const {
  if (index < outputs.size() && outputs[index].type == type && outputs[index].shape == shape) return absl::OkStatus();
  const std::string got =
      index < outputs.size() ? absl::StrCat(NameOf(outputs[index].type), " ", outputs[index].shape.ToString()) : "none";
  return Invalid(absl::StrCat("output ", index, ": want ", NameOf(type), " ", shape.ToString(), ", got ", got));
}

absl::Status ReferenceCall::ExpectInputType(size_t index, DataType type) const {
  if (inputs[index].type == type) return absl::OkStatus();
  return Invalid(absl::StrCat("input ", index, ": want ", NameOf(type), ", got ", NameOf(inputs[index].type)));
}

absl::Status ReferenceCall::ExpectInputShape(size_t index, const Shape& shape) const {
  if (inputs[index].shape == shape) return absl::OkStatus();
  return Invalid(
      absl::StrCat("input ", index, ": want shape ", shape.ToString(), ", got ", inputs[index].shape.ToString()));
}

absl::Status ReferenceCall::ExpectRank(int least) const {
  if (inputs[0].shape.rank() >= least) return absl::OkStatus();
  return Invalid(absl::StrCat("want an input of rank ", least, " or more, got ", inputs[0].shape.ToString()));
}

absl::Status ReferenceCall::Invalid(absl::string_view what) const {
  return absl::InvalidArgumentError(absl::StrCat(NameOf(op), ": ", what));
}

absl::Status ReferenceCall::Unsupported(DataType type) const {
  return absl::UnimplementedError(absl::StrCat(NameOf(op), ": no reference kernel for ", NameOf(type)));
}

}  // namespace onebyone
