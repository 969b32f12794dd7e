#include "engine/import/node_order.h"

#include <onnx/onnx_pb.h>

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/import/quoted_name.h"

namespace onebyone {
namespace {

enum class Mark : uint8_t { kNew, kOpen, kPlaced };

// Depth first, with a stack of its own: a file may chain as many nodes as it likes.
class NodeSorter {
 public:
  NodeSorter(const onnx::GraphProto& graph, const ProducerMap& producers, const Graph& given)
      : graph_(graph), producers_(producers), given_(given), marks_(graph.node_size(), Mark::kNew) {}

  absl::StatusOr<std::vector<int>> Sort() {
    for (int root = 0; root < graph_.node_size(); ++root) {
      if (marks_[root] != Mark::kNew) continue;
      Open(root);
      while (!stack_.empty()) RETURN_IF_ERROR(Step());
    }
    return std::move(sorted_);
  }

 private:
  struct Frame {
    int node = 0;
    int next_input = 0;
  };

  void Open(int node) {
    marks_[node] = Mark::kOpen;
    stack_.push_back({node, 0});
  }

  // Looks at one more input of the node on top, or places the node where it has none left.
  absl::Status Step() {
    Frame& top = stack_.back();
    const onnx::NodeProto& node = graph_.node(top.node);
    if (top.next_input == node.input_size()) {
      marks_[top.node] = Mark::kPlaced;
      sorted_.push_back(top.node);
      stack_.pop_back();
      return absl::OkStatus();
    }
    const std::string& input = node.input(top.next_input++);
    if (input.empty()) return absl::OkStatus();
    const auto producer = producers_.find(input);
    if (producer == producers_.end()) {
      if (given_.FindValue(input) != kNoValue) return absl::OkStatus();
      return absl::InvalidArgumentError(
          absl::StrCat("onnx: ", LabelOf(node), ": reads ", Quoted(input), ", which nothing defines"));
    }
    if (marks_[producer->second] == Mark::kOpen) {
      return absl::InvalidArgumentError(absl::StrCat("onnx: ", LabelOf(node), " is part of a cycle"));
    }
    if (marks_[producer->second] == Mark::kNew) Open(producer->second);
    return absl::OkStatus();
  }

  const onnx::GraphProto& graph_;
  const ProducerMap& producers_;
  const Graph& given_;
  std::vector<Mark> marks_;
  std::vector<Frame> stack_;
  std::vector<int> sorted_;
};

}  // namespace

std::string LabelOf(const onnx::NodeProto& node) {
  const std::string op = absl::StrCat(" (", Legible(node.op_type()), ")");
  if (!node.name().empty()) return absl::StrCat("node ", Quoted(node.name()), op);
  return absl::StrCat("node of ", Quoted(node.output_size() == 0 ? "" : node.output(0)), op);
}

absl::StatusOr<ProducerMap> FindProducers(const onnx::GraphProto& graph, const Graph& given) {
  ProducerMap producers;
  for (int index = 0; index < graph.node_size(); ++index) {
    for (const std::string& output : graph.node(index).output()) {
      if (output.empty()) continue;
      if (given.FindValue(output) != kNoValue || !producers.try_emplace(output, index).second) {
        return absl::InvalidArgumentError(absl::StrCat("onnx: ", LabelOf(graph.node(index)), ": computes ",
                                                       Quoted(output), ", which is defined already"));
      }
    }
  }
  return producers;
}

absl::StatusOr<std::vector<int>> OrderNodes(const onnx::GraphProto& graph, const ProducerMap& producers,
                                            const Graph& given) {
  return NodeSorter(graph, producers, given).Sort();
}

}  // namespace onebyone
