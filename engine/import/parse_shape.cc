// What moves elements about and leaves them as they are.

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/status_macros.h"
#include "engine/import/axes.h"
#include "engine/import/operator_parsers.h"
#include "engine/import/quoted_name.h"

namespace onebyone {
namespace {

// Axes were an attribute before operator set 13 and an input since. Empty where they are absent.
absl::StatusOr<std::vector<int64_t>> ParseAxes(NodeParser& node) {
  std::vector<int64_t> axes;
  if (node.opset() < 13) {
    ASSIGN_OR_RETURN(std::optional<std::vector<int64_t>> attribute, node.attributes().FindInts("axes"));
    if (attribute.has_value()) axes = *std::move(attribute);
  } else if (node.HasInput(1)) {
    ASSIGN_OR_RETURN(axes, node.ConstantInts(1, "axes"));
  }
  RETURN_IF_ERROR(CheckAxes(axes));
  return axes;
}

absl::StatusOr<PadAttributes::Mode> ParsePadMode(NodeParser& node) {
  ASSIGN_OR_RETURN(const std::string mode, node.attributes().String("mode", "constant"));
  if (mode == "reflect") return PadAttributes::Mode::kReflect;
  if (mode == "edge") return PadAttributes::Mode::kEdge;
  if (mode != "constant") node.AddUnsupported(absl::StrCat("mode ", Quoted(mode)));
  return PadAttributes::Mode::kConstant;
}

absl::Status SplitPads(const std::vector<int64_t>& pads, PadAttributes& pad) {
  if (pads.size() % 2 != 0 || pads.size() > 2 * kMaxRank) {
    return absl::InvalidArgumentError(
        absl::StrCat("pads: want two for each axis of at most ", kMaxRank, ", got ", pads.size()));
  }
  for (const int64_t number : pads) {
    if (number < -Shape::kMaxElements || number > Shape::kMaxElements) {
      return absl::InvalidArgumentError(
          absl::StrCat("pads: want ", -Shape::kMaxElements, " to ", Shape::kMaxElements, ", got ", number));
    }
  }
  const auto middle = pads.begin() + static_cast<std::ptrdiff_t>(pads.size() / 2);
  pad.begin.assign(pads.begin(), middle);
  pad.end.assign(middle, pads.end());
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ParsedNode> ParseConcat(NodeParser& node) {
  constexpr int kMostOperands = 100'000;
  const auto operands = static_cast<int>(node.inputs().size());
  RETURN_IF_ERROR(node.CheckInputs(operands == 0 ? 1 : operands, kMostOperands));
  RETURN_IF_ERROR(node.CheckOutputs(1));
  AxisAttributes concat;
  ASSIGN_OR_RETURN(concat.axis, node.attributes().RequiredInt("axis"));
  RETURN_IF_ERROR(CheckAxes({concat.axis}));
  return Operation{OpType::kConcat, concat, node.inputs()};
}

absl::StatusOr<ParsedNode> ParseFlatten(NodeParser& node) {
  RETURN_IF_ERROR(node.CheckInputs(1, 1));
  RETURN_IF_ERROR(node.CheckOutputs(1));
  FlattenAttributes flatten;
  ASSIGN_OR_RETURN(flatten.axis, node.attributes().Int("axis", 1));
  return Operation{OpType::kFlatten, flatten, node.inputs()};
}

absl::StatusOr<ParsedNode> ParseIdentity(NodeParser& node) {
  RETURN_IF_ERROR(node.CheckInputs(1, 1));
  RETURN_IF_ERROR(node.CheckOutputs(1));
  return Operation{OpType::kIdentity, {}, node.inputs()};
}

absl::StatusOr<ParsedNode> ParsePad(NodeParser& node) {
  const bool has_inputs = node.opset() >= 11;
  RETURN_IF_ERROR(node.CheckInputs(has_inputs ? 2 : 1, has_inputs ? 3 : 1));
  RETURN_IF_ERROR(node.CheckOutputs(1));
  PadAttributes pad;
  ASSIGN_OR_RETURN(pad.mode, ParsePadMode(node));
  Operation operation{OpType::kPad, {}, {node.inputs().front()}};
  if (has_inputs) {
    ASSIGN_OR_RETURN(const std::vector<int64_t> pads, node.ConstantInts(1, "pads"));
    RETURN_IF_ERROR(SplitPads(pads, pad));
    // Stays an input: integers need not fit float32.
    if (node.HasInput(2) && pad.mode == PadAttributes::Mode::kConstant) operation.inputs.push_back(node.inputs()[2]);
  } else {
    ASSIGN_OR_RETURN(const std::vector<int64_t> pads, node.attributes().RequiredInts("pads"));
    RETURN_IF_ERROR(SplitPads(pads, pad));
    ASSIGN_OR_RETURN(pad.value, node.attributes().Float("value", 0.0F));
  }
  operation.attributes = std::move(pad);
  return operation;
}

absl::StatusOr<ParsedNode> ParseReshape(NodeParser& node) {
  RETURN_IF_ERROR(node.CheckInputs(2, 2));
  RETURN_IF_ERROR(node.CheckOutputs(1));
  ReshapeAttributes reshape;
  ASSIGN_OR_RETURN(reshape.allow_zero, node.attributes().Flag("allowzero", false));
  ASSIGN_OR_RETURN(reshape.shape, node.ConstantInts(1, "shape"));
  const auto open = std::count(reshape.shape.begin(), reshape.shape.end(), -1);
  const bool in_range = std::all_of(reshape.shape.begin(), reshape.shape.end(),
                                    [](int64_t extent) { return extent >= -1 && extent <= Shape::kMaxElements; });
  if (reshape.shape.size() > kMaxRank || open > 1 || !in_range) {
    return absl::InvalidArgumentError(absl::StrCat("input 'shape': want at most ", kMaxRank, " extents from 0 to ",
                                                   Shape::kMaxElements, ", one of them -1, got [",
                                                   absl::StrJoin(reshape.shape, ", "), "]"));
  }
  return Operation{OpType::kReshape, reshape, {node.inputs().front()}};
}

absl::StatusOr<ParsedNode> ParseSqueeze(NodeParser& node) {
  RETURN_IF_ERROR(node.CheckInputs(1, node.opset() >= 13 ? 2 : 1));
  RETURN_IF_ERROR(node.CheckOutputs(1));
  ASSIGN_OR_RETURN(std::vector<int64_t> axes, ParseAxes(node));
  return Operation{OpType::kSqueeze, AxesAttributes{std::move(axes)}, {node.inputs().front()}};
}

absl::StatusOr<ParsedNode> ParseUnsqueeze(NodeParser& node) {
  const int inputs = node.opset() >= 13 ? 2 : 1;
  RETURN_IF_ERROR(node.CheckInputs(inputs, inputs));
  RETURN_IF_ERROR(node.CheckOutputs(1));
  if (inputs == 1) RETURN_IF_ERROR(node.attributes().RequiredInts("axes").status());
  ASSIGN_OR_RETURN(std::vector<int64_t> axes, ParseAxes(node));
  return Operation{OpType::kUnsqueeze, AxesAttributes{std::move(axes)}, {node.inputs().front()}};
}

absl::StatusOr<ParsedNode> ParseTranspose(NodeParser& node) {
  RETURN_IF_ERROR(node.CheckInputs(1, 1));
  RETURN_IF_ERROR(node.CheckOutputs(1));
  TransposeAttributes transpose;
  ASSIGN_OR_RETURN(std::optional<std::vector<int64_t>> permutation, node.attributes().FindInts("perm"));
  if (permutation.has_value()) transpose.permutation = *std::move(permutation);
  std::vector<int64_t> sorted = transpose.permutation;
  std::sort(sorted.begin(), sorted.end());
  for (size_t axis = 0; axis < sorted.size(); ++axis) {
    if (sorted[axis] != static_cast<int64_t>(axis)) {
      return absl::InvalidArgumentError(
          absl::StrCat("attribute 'perm': want each axis from 0 to ", sorted.size() - 1, " once"));
    }
  }
  return Operation{OpType::kTranspose, transpose, node.inputs()};
}

}  // namespace onebyone
