#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/graph/graph.h"
#include "engine/import/constant_budget.h"
#include "engine/import/constant_folder.h"
#include "engine/import/node_order.h"
#include "engine/import/onnx_types.h"

namespace onebyone {

// One node as the graph will have it.
struct Operation {
  OpType op = OpType::kIdentity;
  Attributes attributes;
  std::vector<ValueId> inputs;
};

// Puts a graph together, value by value in topological order: computes what is constant, and knows what the importer
// must know of a value. Not thread-safe.
class GraphBuilder {
 public:
  // `budget` outlives the builder.
  explicit GraphBuilder(ConstantBudget& budget) : folder_(budget) {}

  // INVALID_ARGUMENT where the name is taken.
  absl::Status AddInput(const std::string& name, const TensorType& type);
  absl::Status AddConstant(const std::string& name, Tensor tensor);
  // Values that a node of the file defines later; fresh names keep clear of them.
  void ReserveNames(const ProducerMap& producers) { reserved_ = &producers; }

  // Adds `operation`, or its results where all its inputs are constant. `output_names`: an empty one gets a fresh name.
  // Returns the first output. Errors of ConstantFolder.
  absl::StatusOr<ValueId> AddNode(const std::string& name, Operation operation, std::vector<std::string> output_names);

  // A value that cannot be told because something is not supported. The graph is then of no use; it only lets the
  // importer go on and find what else is not.
  absl::Status AddUnavailable(const std::string& name);
  bool IsUnavailable(ValueId value) const { return unavailable_.contains(value); }

  // A name that no value has or will have.
  std::string FreshName(absl::string_view base);
  int RankOf(ValueId value) const;
  const Graph& graph() const { return graph_; }
  void AddOutput(const std::string& name, ValueId value) { graph_.AddOutput(name, value); }
  Graph Release() && { return std::move(graph_); }

 private:
  // The constants behind `inputs` (null for an absent one); nothing where one is computed at run time or all are
  // absent.
  std::vector<const Tensor*> ConstantsOf(absl::Span<const ValueId> inputs) const;

  Graph graph_;
  ConstantFolder folder_;
  const ProducerMap* reserved_ = nullptr;
  int64_t fresh_names_ = 0;
  absl::flat_hash_set<ValueId> unavailable_;
  absl::flat_hash_map<ValueId, int> ranks_;  // of values that nodes compute
};

}  // namespace onebyone
