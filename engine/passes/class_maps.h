#pragma once

#include <map>
#include <set>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/graph/graph.h"
#include "engine/passes/dense_layer.h"

namespace onebyone {

// dense_to_conv with keep_map: goes through a classifier in order and turns its matrices [N, K] into maps [N, K, 1, 1],
// from the flattened image or the global pool on as far as operators can go on with them.
class ClassMaps {
 public:
  explicit ClassMaps(Graph& graph) : graph_(graph) {}

  // How many nodes were rewritten into another operator, or made to read places apart. Once per object.
  absl::StatusOr<int> Rewrite();

 private:
  bool IsLive(NodeId node) const;
  // Whether `value` is a map if `assumed` is one, too.
  bool IsMap(ValueId value, ValueId assumed) const {
    return value != kNoValue && (value == assumed || maps_.contains(value));
  }
  // Whether `node` can read maps in place of the matrices that it reads now.
  bool Continues(NodeId node, ValueId assumed) const;
  bool ContinuesElementwise(const Node& node, ValueId assumed) const;
  bool IsRenaming(const Node& node) const;
  bool ReadsMap(const Node& node) const;

  absl::StatusOr<bool> RewriteNode(NodeId node);
  absl::StatusOr<bool> RewriteDense(const DenseLayer& dense);
  // Flatten, Reshape, Squeeze of [N, C, 1, 1] -> Identity.
  bool KeepPlaces(NodeId node);
  // A softmax over all elements of [N, C, 1, 1] -> over the channels.
  bool SplitSoftmax(NodeId node);
  absl::Status Continue(NodeId node);
  // Lets `node` read matrices: a Flatten behind each map.
  absl::Status Flatten(NodeId node);
  absl::StatusOr<ValueId> Flattened(ValueId map);

  Graph& graph_;
  std::set<ValueId> maps_;  // of shape [N, K] in the graph until all is done
  std::map<ValueId, ValueId> flattened_;
};

}  // namespace onebyone
