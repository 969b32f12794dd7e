#include "engine/graph/graph.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"

namespace onebyone {

absl::StatusOr<ValueId> Graph::AddValue(const std::string& name) {
  const auto id = static_cast<ValueId>(values_.size());
  std::string unique = name;
  for (int suffix = id; unique.empty() || (name.empty() && by_name_.contains(unique)); ++suffix) {
    unique = absl::StrCat("value_", suffix);
  }
  if (!by_name_.try_emplace(unique, id).second) {
    return absl::AlreadyExistsError(absl::StrCat("graph: value '", name, "' is defined twice"));
  }
  values_.emplace_back().name = std::move(unique);
  return id;
}

absl::StatusOr<ValueId> Graph::AddInput(const std::string& name, DataType type, const Shape& shape) {
  ASSIGN_OR_RETURN(const ValueId id, AddValue(name));
  values_[id].type = type;
  values_[id].shape = shape;
  values_[id].has_shape = true;
  inputs_.push_back(id);
  return id;
}

absl::StatusOr<ValueId> Graph::AddConstant(const std::string& name, Tensor tensor) {
  return AddConstant(name, std::make_shared<const Tensor>(std::move(tensor)));
}

absl::StatusOr<ValueId> Graph::AddConstant(const std::string& name, std::shared_ptr<const Tensor> tensor) {
  ASSIGN_OR_RETURN(const ValueId id, AddValue(name));
  values_[id].type = tensor->type();
  values_[id].shape = tensor->shape();
  values_[id].has_shape = true;
  values_[id].constant = std::move(tensor);
  return id;
}

absl::StatusOr<NodeId> Graph::AddNode(OpType op, const std::string& name, Attributes attributes,
                                      std::vector<ValueId> inputs, const std::vector<std::string>& output_names) {
  for (auto output_name = output_names.begin(); output_name != output_names.end(); ++output_name) {
    const bool repeated = std::find(output_names.begin(), output_name, *output_name) != output_name;
    if (!output_name->empty() && (repeated || by_name_.contains(*output_name))) {
      return absl::AlreadyExistsError(absl::StrCat("graph: value '", *output_name, "' is defined twice"));
    }
  }
  const auto id = static_cast<NodeId>(nodes_.size());
  std::vector<ValueId> outputs;
  for (const std::string& output_name : output_names) {
    ASSIGN_OR_RETURN(const ValueId output, AddValue(output_name));
    values_[output].producer = id;
    outputs.push_back(output);
  }
  nodes_.push_back({op, name, std::move(attributes), std::move(inputs), std::move(outputs)});
  order_.push_back(id);
  return id;
}

std::vector<NodeId> Graph::NodeIds() const { return order_; }

std::vector<NodeId> Graph::NodesOf(OpType op) const {
  std::vector<NodeId> ids;
  std::copy_if(order_.begin(), order_.end(), std::back_inserter(ids), [&](NodeId id) { return nodes_[id].op == op; });
  return ids;
}

ValueId Graph::FindValue(const std::string& name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? kNoValue : found->second;
}

std::vector<NodeId> Graph::ConsumersOf(ValueId value) const {
  std::vector<NodeId> ids;
  std::copy_if(order_.begin(), order_.end(), std::back_inserter(ids), [&](NodeId id) {
    return std::find(nodes_[id].inputs.begin(), nodes_[id].inputs.end(), value) != nodes_[id].inputs.end();
  });
  return ids;
}

bool Graph::IsOutput(ValueId value) const {
  return std::any_of(outputs_.begin(), outputs_.end(), [&](const Output& output) { return output.value == value; });
}

std::vector<NodeId> Graph::ProducersOf(ValueId value) const {
  std::vector<NodeId> producers;
  std::vector<ValueId> open = {value};
  while (!open.empty()) {
    const Value& current = values_[open.back()];
    open.pop_back();
    if (current.producer != kNoNode) producers.push_back(current.producer);
    open.insert(open.end(), current.parts.rbegin(), current.parts.rend());
  }
  return producers;
}

NodeId Graph::SoleConsumer(ValueId value) const {
  if (IsOutput(value) || values_[value].slice.has_value()) return kNoNode;
  const std::vector<NodeId> consumers = ConsumersOf(value);
  return consumers.size() == 1 ? consumers.front() : kNoNode;
}

const Tensor* Graph::ConstantOf(ValueId value) const {
  return value == kNoValue ? nullptr : values_[value].constant.get();
}

std::vector<NodeId> Graph::ProducersOfInputs(NodeId id) const {
  std::vector<NodeId> producers;
  for (const ValueId input : nodes_[id].inputs) {
    if (input == kNoValue) continue;
    if (values_[input].parts.empty()) {
      if (values_[input].producer != kNoNode) producers.push_back(values_[input].producer);
      continue;
    }
    const std::vector<NodeId> of_parts = ProducersOf(input);
    producers.insert(producers.end(), of_parts.begin(), of_parts.end());
  }
  return producers;
}

void Graph::ReplaceUses(ValueId from, ValueId to) {
  for (const NodeId id : order_) std::replace(nodes_[id].inputs.begin(), nodes_[id].inputs.end(), from, to);
  for (Output& output : outputs_) {
    if (output.value == from) output.value = to;
  }
}

void Graph::RemoveNode(NodeId id) {
  for (const ValueId output : nodes_[id].outputs) values_[output].producer = kNoNode;
  order_.erase(std::remove(order_.begin(), order_.end(), id), order_.end());
}

void Graph::Bypass(NodeId id) {
  ReplaceUses(nodes_[id].outputs.front(), nodes_[id].inputs.front());
  RemoveNode(id);
}

int Graph::RemoveUnneeded() {
  std::vector<bool> needed(values_.size(), false);
  const auto need = [&](ValueId value) {
    std::vector<ValueId> open = {value};
    while (!open.empty()) {
      const ValueId current = open.back();
      open.pop_back();
      if (needed[current]) continue;
      needed[current] = true;
      open.insert(open.end(), values_[current].parts.begin(), values_[current].parts.end());
    }
  };
  for (const Output& output : outputs_) need(output.value);
  std::vector<NodeId> kept;
  for (auto id = order_.rbegin(); id != order_.rend(); ++id) {
    const Node& node = nodes_[*id];
    if (std::none_of(node.outputs.begin(), node.outputs.end(), [&](ValueId value) { return needed[value]; })) {
      for (const ValueId output : node.outputs) values_[output].producer = kNoNode;
      continue;
    }
    kept.push_back(*id);
    for (const ValueId input : node.inputs) {
      if (input != kNoValue) need(input);
    }
  }
  std::reverse(kept.begin(), kept.end());
  const int removed = static_cast<int>(order_.size() - kept.size());
  order_ = std::move(kept);
  for (size_t i = inputs_.size(); i-- > 1;) {
    if (!needed[inputs_[i]]) inputs_.erase(inputs_.begin() + static_cast<std::ptrdiff_t>(i));
  }
  return removed;
}

absl::Status Graph::SortTopologically() {
  std::vector<bool> placed(nodes_.size(), false);
  std::vector<bool> entered(nodes_.size(), false);
  std::vector<NodeId> sorted;
  // Depth first with a stack of our own: a hostile file may chain a million nodes.
  for (const NodeId root : order_) {
    std::vector<NodeId> stack = {root};
    while (!stack.empty()) {
      const NodeId id = stack.back();
      if (entered[id]) {  // all that it needs has been placed, or it was placed for another reader
        stack.pop_back();
        if (!placed[id]) sorted.push_back(id);
        placed[id] = true;
        continue;
      }
      entered[id] = true;
      std::vector<NodeId> producers = ProducersOfInputs(id);
      std::reverse(producers.begin(), producers.end());  // so that the first comes off the stack first
      for (const NodeId producer : producers) {
        if (placed[producer]) continue;
        if (entered[producer]) {
          return absl::InvalidArgumentError(absl::StrCat("graph: node '", nodes_[producer].name, "' (",
                                                         NameOf(nodes_[producer].op), ") is part of a cycle"));
        }
        stack.push_back(producer);
      }
    }
  }
  order_ = std::move(sorted);
  return absl::OkStatus();
}

}  // namespace onebyone
