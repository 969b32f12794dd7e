#include "engine/import/node_parser.h"

#include <onnx/onnx_pb.h>

#include <algorithm>
#include <cmath>
#include <type_traits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"

namespace onebyone {
namespace {

template <typename T>
auto Plain(T element) {
  if constexpr (std::is_same_v<T, Float16> || std::is_same_v<T, BFloat16>) {
    return ToFloat(element);
  } else {
    return element;
  }
}

}  // namespace

absl::StatusOr<NodeParser> NodeParser::Create(const onnx::NodeProto& node, const ImportScope& scope) {
  ASSIGN_OR_RETURN(NodeAttributes attributes, NodeAttributes::Create(node));
  return NodeParser(node, scope, std::move(attributes));
}

NodeParser::NodeParser(const onnx::NodeProto& node, const ImportScope& scope, NodeAttributes attributes)
    : node_(node), scope_(scope), attributes_(std::move(attributes)) {
  for (const std::string& input : node.input()) {
    inputs_.push_back(input.empty() ? kNoValue : scope.builder.graph().FindValue(input));
  }
  while (!inputs_.empty() && inputs_.back() == kNoValue) inputs_.pop_back();
}

bool NodeParser::HasInput(int index) const {
  return index < static_cast<int>(inputs_.size()) && inputs_[index] != kNoValue;
}

absl::Status NodeParser::CheckInputs(int least, int most) const {
  const auto count = static_cast<int>(inputs_.size());
  if (count > most || count < least) {
    return absl::InvalidArgumentError(absl::StrCat(
        "inputs: want ", least == most ? absl::StrCat(least) : absl::StrCat(least, " to ", most), ", got ", count));
  }
  for (int index = 0; index < least; ++index) {
    if (!HasInput(index)) return absl::InvalidArgumentError(absl::StrCat("input ", index, ": want one, got none"));
  }
  return absl::OkStatus();
}

absl::StatusOr<const Tensor*> NodeParser::Constant(int index, absl::string_view what) {
  const Tensor* constant = FindConstant(index);
  if (constant != nullptr) return constant;
  waits_for_unavailable_ = scope_.builder.IsUnavailable(inputs_[index]);
  return absl::UnimplementedError(absl::StrCat("input '", what, "' of ", node_.op_type(), " that is no constant"));
}

absl::StatusOr<std::vector<int64_t>> NodeParser::ConstantInts(int index, absl::string_view what) {
  ASSIGN_OR_RETURN(const Tensor* constant, Constant(index, what));
  if (constant->shape().rank() > 1 || constant->elements() > 2 * kMaxRank) {
    return absl::InvalidArgumentError(absl::StrCat("input '", what, "': want a list of at most ", 2 * kMaxRank,
                                                   " integers, got shape ", constant->shape().ToString()));
  }
  const int64_t count = constant->elements();
  if (constant->type() == DataType::kInt64) {
    return std::vector<int64_t>(constant->As<int64_t>(), constant->As<int64_t>() + count);
  }
  if (constant->type() == DataType::kInt32) {
    return std::vector<int64_t>(constant->As<int32_t>(), constant->As<int32_t>() + count);
  }
  return absl::InvalidArgumentError(
      absl::StrCat("input '", what, "': want int64 elements, got ", NameOf(constant->type())));
}

bool NodeParser::HasOutput(int index) const { return index < node_.output_size() && !node_.output(index).empty(); }

bool NodeParser::ReadsOutput(int index) const {
  return HasOutput(index) && scope_.read_values.contains(node_.output(index));
}

absl::Status NodeParser::CheckOutputs(int most) const {
  int named = 0;
  for (int index = 0; index < node_.output_size(); ++index) {
    if (HasOutput(index)) named = index + 1;
  }
  if (named >= 1 && named <= most) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("outputs: want ", most == 1 ? "1" : absl::StrCat("1 to ", most), ", got ", named));
}

std::vector<std::string> NodeParser::OutputNames() const {
  int count = 1;
  for (int index = 1; index < node_.output_size(); ++index) {
    if (ReadsOutput(index)) count = index + 1;
  }
  return {node_.output().begin(), node_.output().begin() + count};
}

absl::StatusOr<ValueId> NodeParser::Further(absl::string_view what, Operation operation) {
  const std::string name = scope_.builder.FreshName(absl::StrCat(node_.output(0), "/", what));
  return scope_.builder.AddNode(name, std::move(operation), {name});
}

absl::StatusOr<ValueId> NodeParser::FurtherConstant(absl::string_view what, Tensor tensor) {
  const std::string name = scope_.builder.FreshName(absl::StrCat(node_.output(0), "/", what));
  RETURN_IF_ERROR(scope_.builder.AddConstant(name, std::move(tensor)));
  return scope_.builder.graph().FindValue(name);
}

absl::StatusOr<ValueId> NodeParser::Unsqueezed(int index, std::vector<int64_t> axes) {
  return Further("unsqueezed", {OpType::kUnsqueeze, AxesAttributes{std::move(axes)}, {inputs_[index]}});
}

absl::StatusOr<float> ScalarOf(const Tensor& tensor, absl::string_view what) {
  if (tensor.elements() != 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("input '", what, "': want one element, got shape ", tensor.shape().ToString()));
  }
  return VisitDataType(tensor.type(), [&](auto element) -> absl::StatusOr<float> {
    const auto value = Plain(*tensor.As<decltype(element)>());
    const auto single = static_cast<float>(value);
    const auto exact = static_cast<long double>(value);
    if (static_cast<long double>(single) == exact || std::isnan(exact)) return single;
    return absl::UnimplementedError(
        absl::StrCat("input '", what, "' of ", NameOf(tensor.type()), " that float32 cannot hold exactly"));
  });
}

}  // namespace onebyone
