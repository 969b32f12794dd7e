#pragma once

#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/graph/graph.h"

namespace onnx {
class GraphProto;
class NodeProto;
}  // namespace onnx

namespace onebyone {

// "node 'conv1' (Conv)"; a node without a name is told by its first output.
std::string LabelOf(const onnx::NodeProto& node);

// Who computes each value of a file: its name -> index of the node. The names are the file's own memory.
using ProducerMap = absl::flat_hash_map<absl::string_view, int>;

// INVALID_ARGUMENT where two nodes compute one value, or a node one that `given` (inputs and constants) already has.
absl::StatusOr<ProducerMap> FindProducers(const onnx::GraphProto& graph, const Graph& given);

// Indices of the nodes so that each value is computed before it is read; the file's order is kept where it is one.
// INVALID_ARGUMENT, naming a node, for a cycle or a value that nothing defines.
absl::StatusOr<std::vector<int>> OrderNodes(const onnx::GraphProto& graph, const ProducerMap& producers,
                                            const Graph& given);

}  // namespace onebyone
