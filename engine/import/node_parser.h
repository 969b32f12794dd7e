#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/import/graph_builder.h"
#include "engine/import/node_attributes.h"

namespace onnx {
class NodeProto;
}

namespace onebyone {

// What all nodes of one file share.
struct ImportScope {
  int64_t opset = 0;  // of the default domain
  ConstantBudget& budget;
  GraphBuilder& builder;
  const absl::flat_hash_set<absl::string_view>& read_values;  // by nodes, or as outputs of the graph
};

// What the parser of an operator sees of one node of the file. Parsers read all attributes first, then constant inputs,
// so that an attribute that nobody read is one that onebyone lacks. Not thread-safe.
class NodeParser {
 public:
  // All of it outlives the parser. INVALID_ARGUMENT where an attribute is none; every input must be in the graph
  // already.
  static absl::StatusOr<NodeParser> Create(const onnx::NodeProto& node, const ImportScope& scope);

  int64_t opset() const { return scope_.opset; }
  NodeAttributes& attributes() { return attributes_; }
  ConstantBudget& budget() { return scope_.budget; }

  // -- Inputs; absent ones at the end are left out.
  const std::vector<ValueId>& inputs() const { return inputs_; }
  bool HasInput(int index) const;
  // INVALID_ARGUMENT where there are more than `most`, or one of the first `least` is absent.
  absl::Status CheckInputs(int least, int most) const;
  // kUnknownRank where it is not known before shapes are.
  int RankOf(int index) const { return scope_.builder.RankOf(inputs_[index]); }
  // The constant, or null where the input is computed at run time.
  const Tensor* FindConstant(int index) const { return scope_.builder.graph().ConstantOf(inputs_[index]); }
  // An input that decides the form of the network. UNIMPLEMENTED, naming `what`, where it is computed at run time.
  absl::StatusOr<const Tensor*> Constant(int index, absl::string_view what);
  // The same for a list of integers, int32 or int64: INVALID_ARGUMENT for other types or more than 2 * kMaxRank
  // elements.
  absl::StatusOr<std::vector<int64_t>> ConstantInts(int index, absl::string_view what);
  // True where Constant failed only because what computes the input is not supported.
  bool waits_for_unavailable() const { return waits_for_unavailable_; }

  // -- Outputs. Named in the file; read by a node or returned by the graph.
  bool HasOutput(int index) const;
  bool ReadsOutput(int index) const;
  // INVALID_ARGUMENT where there is none, or more than `most`.
  absl::Status CheckOutputs(int most) const;
  // The names of the first output and of those up to the last one that is read.
  std::vector<std::string> OutputNames() const;

  // -- Results.
  // Notes something that onebyone lacks, "training mode"; parsing may go on.
  void AddUnsupported(std::string what) { unsupported_.push_back(std::move(what)); }
  const std::vector<std::string>& unsupported() const { return unsupported_; }
  // The result of a further node, whose name tells `what` it is.
  absl::StatusOr<ValueId> Further(absl::string_view what, Operation operation);
  // A further constant.
  absl::StatusOr<ValueId> FurtherConstant(absl::string_view what, Tensor tensor);
  // Input `index` with axes of extent 1 put in, as a further node.
  absl::StatusOr<ValueId> Unsqueezed(int index, std::vector<int64_t> axes);

 private:
  NodeParser(const onnx::NodeProto& node, const ImportScope& scope, NodeAttributes attributes);

  const onnx::NodeProto& node_;
  const ImportScope& scope_;
  NodeAttributes attributes_;
  std::vector<ValueId> inputs_;
  std::vector<std::string> unsupported_;
  bool waits_for_unavailable_ = false;
};

// The only element of a tensor of any number type. INVALID_ARGUMENT where it has not exactly one; UNIMPLEMENTED where
// float32 cannot hold it exactly.
absl::StatusOr<float> ScalarOf(const Tensor& tensor, absl::string_view what);

}  // namespace onebyone
