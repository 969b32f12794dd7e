// Sums, products and means.

#include <numeric>
#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/import/axes.h"
#include "engine/import/operator_parsers.h"
#include "engine/import/value_rank.h"

namespace onebyone {
namespace {

constexpr int kMostOperands = 100'000;

// Before operator set 7, B lies along the axes of A from `axis` on; then operands broadcast from the last axis
// backwards. B gets axes of extent 1 at its end so that both mean the same.
absl::StatusOr<ValueId> AlignedToAxis(NodeParser& node, int64_t axis) {
  const int rank_a = node.RankOf(0);
  const int rank_b = node.RankOf(1);
  if (rank_a == kUnknownRank || rank_b == kUnknownRank) {
    return absl::UnimplementedError("attribute 'axis' where the number of axes is not known");
  }
  const int64_t first = axis < 0 ? axis + rank_a : axis;
  if (first < 0 || first + rank_b > rank_a) {
    return absl::InvalidArgumentError(
        absl::StrCat("attribute 'axis': want ", rank_b, " axes of B among ", rank_a, " of A, got axis ", axis));
  }
  const int64_t behind = rank_a - first - rank_b;
  if (behind == 0) return node.inputs()[1];
  std::vector<int64_t> axes(behind);
  std::iota(axes.begin(), axes.end(), rank_b);
  return node.Unsqueezed(1, std::move(axes));
}

absl::StatusOr<ParsedNode> ParseBinary(NodeParser& node, OpType op) {
  RETURN_IF_ERROR(node.CheckInputs(2, 2));
  RETURN_IF_ERROR(node.CheckOutputs(1));
  Operation operation{op, {}, node.inputs()};
  if (node.opset() < 7) {
    ASSIGN_OR_RETURN(const bool broadcasts, node.attributes().Flag("broadcast", false));
    ASSIGN_OR_RETURN(const std::optional<int64_t> axis, node.attributes().FindInt("axis"));
    if (broadcasts && axis.has_value()) {
      ASSIGN_OR_RETURN(operation.inputs[1], AlignedToAxis(node, *axis));
    }
  }
  return operation;
}

}  // namespace

absl::StatusOr<ParsedNode> ParseAdd(NodeParser& node) { return ParseBinary(node, OpType::kAdd); }

absl::StatusOr<ParsedNode> ParseMul(NodeParser& node) { return ParseBinary(node, OpType::kMul); }

absl::StatusOr<ParsedNode> ParseSum(NodeParser& node) {
  const auto operands = static_cast<int>(node.inputs().size());
  RETURN_IF_ERROR(node.CheckInputs(operands == 0 ? 1 : operands, kMostOperands));
  RETURN_IF_ERROR(node.CheckOutputs(1));
  return Operation{OpType::kSum, {}, node.inputs()};
}

absl::StatusOr<ParsedNode> ParseGemm(NodeParser& node) {
  RETURN_IF_ERROR(node.CheckInputs(2, 3));
  RETURN_IF_ERROR(node.CheckOutputs(1));
  GemmAttributes gemm;
  ASSIGN_OR_RETURN(gemm.alpha, node.attributes().Float("alpha", gemm.alpha));
  ASSIGN_OR_RETURN(gemm.beta, node.attributes().Float("beta", gemm.beta));
  ASSIGN_OR_RETURN(gemm.transpose_a, node.attributes().Flag("transA", false));
  ASSIGN_OR_RETURN(gemm.transpose_b, node.attributes().Flag("transB", false));
  // C broadcasts from the last axis backwards whether the flag of operator set 6 asks for it or not.
  if (node.opset() < 7) RETURN_IF_ERROR(node.attributes().FindInt("broadcast").status());
  return Operation{OpType::kGemm, gemm, node.inputs()};
}

absl::StatusOr<ParsedNode> ParseMatMul(NodeParser& node) {
  RETURN_IF_ERROR(node.CheckInputs(2, 2));
  RETURN_IF_ERROR(node.CheckOutputs(1));
  return Operation{OpType::kMatMul, {}, node.inputs()};
}

absl::StatusOr<ParsedNode> ParseReduceMean(NodeParser& node) {
  RETURN_IF_ERROR(node.CheckInputs(1, 1));
  RETURN_IF_ERROR(node.CheckOutputs(1));
  ReduceMeanAttributes mean;
  ASSIGN_OR_RETURN(std::optional<std::vector<int64_t>> axes, node.attributes().FindInts("axes"));
  if (axes.has_value()) RETURN_IF_ERROR(CheckAxes(*axes));
  if (axes.has_value()) mean.axes = *std::move(axes);
  ASSIGN_OR_RETURN(mean.keep_dims, node.attributes().Flag("keepdims", true));
  return Operation{OpType::kReduceMean, mean, node.inputs()};
}

}  // namespace onebyone
