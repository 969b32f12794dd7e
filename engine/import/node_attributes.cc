#include "engine/import/node_attributes.h"

#include <onnx/onnx_pb.h>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/import/quoted_name.h"

namespace onebyone {
namespace {

absl::Status CheckType(const onnx::AttributeProto& attribute, onnx::AttributeProto::AttributeType wanted) {
  if (attribute.type() == wanted) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("attribute ", Quoted(attribute.name()), ": want ",
                                                 onnx::AttributeProto::AttributeType_Name(wanted), ", got ",
                                                 onnx::AttributeProto::AttributeType_Name(attribute.type())));
}

absl::Status Missing(absl::string_view name) {
  return absl::InvalidArgumentError(absl::StrCat("attribute '", name, "': want one, got none"));
}

}  // namespace

absl::StatusOr<NodeAttributes> NodeAttributes::Create(const onnx::NodeProto& node) {
  NodeAttributes attributes;
  for (const onnx::AttributeProto& proto : node.attribute()) {
    if (proto.name().empty()) return absl::InvalidArgumentError("want named attributes, got one without a name");
    if (proto.has_ref_attr_name()) {
      return absl::InvalidArgumentError(absl::StrCat("attribute ", Quoted(proto.name()),
                                                     ": want a value, got a reference to a function's attribute"));
    }
    if (!attributes.by_name_.try_emplace(proto.name(), attributes.entries_.size()).second) {
      return absl::InvalidArgumentError(absl::StrCat("attribute ", Quoted(proto.name()), " occurs twice"));
    }
    attributes.entries_.push_back({&proto, false});
  }
  return attributes;
}

const onnx::AttributeProto* NodeAttributes::Find(absl::string_view name) {
  const auto found = by_name_.find(name);
  if (found == by_name_.end()) return nullptr;
  entries_[found->second].is_read = true;
  return entries_[found->second].proto;
}

absl::StatusOr<std::optional<int64_t>> NodeAttributes::FindInt(absl::string_view name) {
  const onnx::AttributeProto* proto = Find(name);
  if (proto == nullptr) return std::optional<int64_t>();
  RETURN_IF_ERROR(CheckType(*proto, onnx::AttributeProto::INT));
  return std::optional<int64_t>(proto->i());
}

absl::StatusOr<std::optional<float>> NodeAttributes::FindFloat(absl::string_view name) {
  const onnx::AttributeProto* proto = Find(name);
  if (proto == nullptr) return std::optional<float>();
  RETURN_IF_ERROR(CheckType(*proto, onnx::AttributeProto::FLOAT));
  return std::optional<float>(proto->f());
}

absl::StatusOr<std::optional<std::vector<int64_t>>> NodeAttributes::FindInts(absl::string_view name) {
  const onnx::AttributeProto* proto = Find(name);
  if (proto == nullptr) return std::optional<std::vector<int64_t>>();
  RETURN_IF_ERROR(CheckType(*proto, onnx::AttributeProto::INTS));
  return std::optional<std::vector<int64_t>>(std::in_place, proto->ints().begin(), proto->ints().end());
}

absl::StatusOr<std::optional<std::vector<float>>> NodeAttributes::FindFloats(absl::string_view name) {
  const onnx::AttributeProto* proto = Find(name);
  if (proto == nullptr) return std::optional<std::vector<float>>();
  RETURN_IF_ERROR(CheckType(*proto, onnx::AttributeProto::FLOATS));
  return std::optional<std::vector<float>>(std::in_place, proto->floats().begin(), proto->floats().end());
}

absl::StatusOr<const onnx::TensorProto*> NodeAttributes::FindTensor(absl::string_view name) {
  const onnx::AttributeProto* proto = Find(name);
  if (proto == nullptr) return nullptr;
  RETURN_IF_ERROR(CheckType(*proto, onnx::AttributeProto::TENSOR));
  return &proto->t();
}

absl::StatusOr<int64_t> NodeAttributes::Int(absl::string_view name, int64_t fallback) {
  ASSIGN_OR_RETURN(const std::optional<int64_t> value, FindInt(name));
  return value.value_or(fallback);
}

absl::StatusOr<bool> NodeAttributes::Flag(absl::string_view name, bool fallback) {
  ASSIGN_OR_RETURN(const int64_t value, Int(name, fallback ? 1 : 0));
  return value != 0;
}

absl::StatusOr<float> NodeAttributes::Float(absl::string_view name, float fallback) {
  ASSIGN_OR_RETURN(const std::optional<float> value, FindFloat(name));
  return value.value_or(fallback);
}

absl::StatusOr<std::string> NodeAttributes::String(absl::string_view name, absl::string_view fallback) {
  const onnx::AttributeProto* proto = Find(name);
  if (proto == nullptr) return std::string(fallback);
  RETURN_IF_ERROR(CheckType(*proto, onnx::AttributeProto::STRING));
  return proto->s();
}

absl::StatusOr<int64_t> NodeAttributes::RequiredInt(absl::string_view name) {
  ASSIGN_OR_RETURN(const std::optional<int64_t> value, FindInt(name));
  if (!value.has_value()) return Missing(name);
  return *value;
}

absl::StatusOr<std::vector<int64_t>> NodeAttributes::RequiredInts(absl::string_view name) {
  ASSIGN_OR_RETURN(std::optional<std::vector<int64_t>> value, FindInts(name));
  if (!value.has_value()) return Missing(name);
  return *std::move(value);
}

std::vector<std::string> NodeAttributes::Unread() const {
  std::vector<std::string> names;
  for (const Entry& entry : entries_) {
    if (!entry.is_read) names.push_back(entry.proto->name());
  }
  return names;
}

}  // namespace onebyone
