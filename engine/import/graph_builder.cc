#include "engine/import/graph_builder.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/import/quoted_name.h"
#include "engine/import/value_rank.h"

namespace onebyone {
namespace {

absl::Status DefinedTwice(const std::string& name) {
  return absl::InvalidArgumentError(absl::StrCat("onnx: ", Quoted(name), " is defined twice"));
}

}  // namespace

absl::Status GraphBuilder::AddInput(const std::string& name, const TensorType& type) {
  const absl::StatusOr<ValueId> value = graph_.AddInput(name, type.type, type.shape);
  if (!value.ok()) return DefinedTwice(name);
  graph_.value(*value).has_shape = type.has_shape;
  return absl::OkStatus();
}

absl::Status GraphBuilder::AddConstant(const std::string& name, Tensor tensor) {
  return graph_.AddConstant(name, std::move(tensor)).ok() ? absl::OkStatus() : DefinedTwice(name);
}

absl::Status GraphBuilder::AddUnavailable(const std::string& name) {
  const absl::StatusOr<ValueId> value = graph_.AddInput(name, DataType::kFloat32, Shape());
  if (!value.ok()) return DefinedTwice(name);
  graph_.value(*value).has_shape = false;
  unavailable_.insert(*value);
  return absl::OkStatus();
}

std::vector<const Tensor*> GraphBuilder::ConstantsOf(absl::Span<const ValueId> inputs) const {
  std::vector<const Tensor*> constants;
  for (const ValueId input : inputs) {
    constants.push_back(graph_.ConstantOf(input));
    if (input != kNoValue && constants.back() == nullptr) return {};
  }
  const bool any =
      std::any_of(constants.begin(), constants.end(), [](const Tensor* tensor) { return tensor != nullptr; });
  return any ? constants : std::vector<const Tensor*>();
}

absl::StatusOr<ValueId> GraphBuilder::AddNode(const std::string& name, Operation operation,
                                              std::vector<std::string> output_names) {
  for (std::string& output : output_names) {
    if (output.empty()) output = FreshName(absl::StrCat(name, "/unnamed"));
  }
  const std::vector<const Tensor*> constants = ConstantsOf(operation.inputs);
  if (!constants.empty()) {
    const Node node{operation.op, name, operation.attributes, operation.inputs,
                    std::vector<ValueId>(output_names.size(), kNoValue)};
    ASSIGN_OR_RETURN(std::optional<std::vector<Tensor>> results, folder_.Fold(node, constants));
    if (results.has_value()) {
      for (size_t i = 0; i < output_names.size(); ++i) {
        RETURN_IF_ERROR(AddConstant(output_names[i], std::move((*results)[i])));
      }
      return graph_.FindValue(output_names.front());
    }
  }
  std::vector<int> input_ranks;
  bool is_unavailable = false;
  for (const ValueId input : operation.inputs) {
    input_ranks.push_back(input == kNoValue ? kUnknownRank : RankOf(input));
    is_unavailable = is_unavailable || IsUnavailable(input);
  }
  const int rank = InferRank(operation.op, operation.attributes, input_ranks);
  ASSIGN_OR_RETURN(const NodeId id, graph_.AddNode(operation.op, name, std::move(operation.attributes),
                                                   std::move(operation.inputs), output_names));
  for (const ValueId output : graph_.node(id).outputs) {
    ranks_[output] = rank;
    if (is_unavailable) unavailable_.insert(output);
  }
  return graph_.node(id).outputs.front();
}

std::string GraphBuilder::FreshName(absl::string_view base) {
  std::string name;
  do {
    name = absl::StrCat(base, "_", fresh_names_++);
  } while (graph_.FindValue(name) != kNoValue || (reserved_ != nullptr && reserved_->contains(name)));
  return name;
}

int GraphBuilder::RankOf(ValueId value) const {
  const auto computed = ranks_.find(value);
  if (computed != ranks_.end()) return computed->second;
  const Value& known = graph_.value(value);
  return known.has_shape ? known.shape.rank() : kUnknownRank;
}

}  // namespace onebyone
