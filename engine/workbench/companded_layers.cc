#include "engine/workbench/companded_layers.h"

#include <string>

#include "absl/container/btree_set.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/graph/graph.h"
#include "engine/passes/fold_batch_norm.h"
#include "engine/passes/remove_identity.h"
#include "engine/workbench/convolution_ranking.h"

namespace onebyone {
namespace {

// Companding takes a root of each number, which is worth it only where it does something.
constexpr double kLeftOfError = 0.95;

// The convolution that feeds `value`; nothing where something else comes first.
std::string ConvolutionBehind(const Graph& graph, ValueId value) {
  while (value != kNoValue && graph.value(value).producer != kNoNode) {
    const Node& node = graph.node(graph.value(value).producer);
    switch (node.op) {
      case OpType::kConv: return graph.value(value).name;
      case OpType::kMaxPool:
      case OpType::kRelu:
      case OpType::kClip: value = node.inputs.front(); break;
      default: return "";
    }
  }
  return "";
}

absl::StatusOr<absl::btree_set<std::string>> FindNormalized(const Graph& network) {
  Graph graph = network;
  RETURN_IF_ERROR(RemoveIdentity{}.Run(graph).status());
  RETURN_IF_ERROR(FoldBatchNorm{}.Run(graph).status());
  absl::btree_set<std::string> convolutions;
  for (const NodeId id : graph.NodesOf(OpType::kLrn)) {
    const std::string convolution = ConvolutionBehind(graph, graph.node(id).inputs.front());
    if (!convolution.empty()) convolutions.insert(convolution);
  }
  return convolutions;
}

}  // namespace

absl::Status CompandWhereBetter(const PrecisionTrial& trial, Calibration& calibration) {
  ASSIGN_OR_RETURN(const absl::btree_set<std::string> convolutions, FindNormalized(trial.network()));
  if (convolutions.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(double least, MeasureError(trial, "int8, nothing companded", calibration));
  for (const std::string& convolution : convolutions) {
    Calibration with = calibration;
    with.companded_layers.insert(convolution);
    ASSIGN_OR_RETURN(const double error, MeasureError(trial, absl::StrCat("int8, companded ", convolution), with));
    if (error > kLeftOfError * least) continue;
    least = error;
    calibration = std::move(with);
  }
  return absl::OkStatus();
}

}  // namespace onebyone
