#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "engine/graph/node.h"
#include "engine/op/attributes.h"
#include "engine/op/op_type.h"
#include "engine/tensor/tensor.h"

namespace onebyone {

// A network: nodes in topological order over values, both with unique value names. Copies share the constants.
// Not thread-safe while it is changed.
class Graph {
 public:
  // What the graph is asked for: `name` stays what the caller said, even where passes let another value stand for it.
  struct Output {
    std::string name;
    ValueId value = kNoValue;
  };

  // -- Building. Names must be unique; an empty one gets a fresh one. ALREADY_EXISTS otherwise.
  absl::StatusOr<ValueId> AddInput(const std::string& name, DataType type, const Shape& shape);
  absl::StatusOr<ValueId> AddConstant(const std::string& name, Tensor tensor);
  absl::StatusOr<ValueId> AddConstant(const std::string& name, std::shared_ptr<const Tensor> tensor);
  // Appends a node with new output values; returns its id, or leaves the graph as it was. `inputs` must be values of
  // this graph or kNoValue.
  absl::StatusOr<NodeId> AddNode(OpType op, const std::string& name, Attributes attributes, std::vector<ValueId> inputs,
                                 const std::vector<std::string>& output_names);
  void AddOutput(const std::string& name, ValueId value) { outputs_.push_back({name, value}); }
  void SetOutputs(std::vector<Output> outputs) { outputs_ = std::move(outputs); }

  // -- Reading.
  absl::Span<const ValueId> inputs() const { return inputs_; }
  absl::Span<const Output> outputs() const { return outputs_; }
  // Live nodes in topological order.
  std::vector<NodeId> NodeIds() const;
  std::vector<NodeId> NodesOf(OpType op) const;
  int node_count() const { return static_cast<int>(order_.size()); }
  int value_count() const { return static_cast<int>(values_.size()); }  // ids run from 0; some may be unused
  const Node& node(NodeId id) const { return nodes_[id]; }
  Node& node(NodeId id) { return nodes_[id]; }
  const Value& value(ValueId id) const { return values_[id]; }
  Value& value(ValueId id) { return values_[id]; }
  // kNoValue where there is none.
  ValueId FindValue(const std::string& name) const;
  // Live nodes that read `value`, in order, each once.
  std::vector<NodeId> ConsumersOf(ValueId value) const;
  bool IsOutput(ValueId value) const;
  // The nodes that write `value`: its producer, or those of its parts. None for inputs and constants.
  std::vector<NodeId> ProducersOf(ValueId value) const;
  // The one node that reads `value`, where it is the only reader, and the value is neither an output of the graph nor a
  // slice of another value; else kNoNode.
  NodeId SoleConsumer(ValueId value) const;
  // The constant of `value`, or null.
  const Tensor* ConstantOf(ValueId value) const;

  // -- Rewriting.
  // Every reader and output of `from` takes `to` instead.
  void ReplaceUses(ValueId from, ValueId to);
  // Its outputs must have no readers left. The values stay, without a producer.
  void RemoveNode(NodeId id);
  // Lets readers of the node's first output read its first input, then removes the node.
  void Bypass(NodeId id);
  // Removes the nodes that no output needs, and inputs that nothing reads unless they are the first (the image).
  // Returns how many nodes went.
  int RemoveUnneeded();
  // Puts nodes into topological order, keeping their order where it already is one. INVALID_ARGUMENT, naming a node,
  // where they form a cycle.
  absl::Status SortTopologically();

 private:
  absl::StatusOr<ValueId> AddValue(const std::string& name);
  std::vector<NodeId> ProducersOfInputs(NodeId id) const;

  std::vector<Value> values_;
  std::vector<Node> nodes_;
  std::vector<NodeId> order_;
  std::vector<ValueId> inputs_;
  std::vector<Output> outputs_;
  std::map<std::string, ValueId, std::less<>> by_name_;
};

}  // namespace onebyone
