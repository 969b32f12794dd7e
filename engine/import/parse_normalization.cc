// Normalization and what only training changes.

#include <optional>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/import/operator_parsers.h"

namespace onebyone {
namespace {

// Until operator set 6 is_test told, then the number of outputs, from 14 on training_mode.
absl::StatusOr<bool> TrainsBatchNormalization(NodeParser& node) {
  ASSIGN_OR_RETURN(const bool training_mode, node.attributes().Flag("training_mode", false));
  if (node.opset() >= 14) return training_mode;
  std::optional<int64_t> is_test;
  if (node.opset() < 7) {
    ASSIGN_OR_RETURN(is_test, node.attributes().FindInt("is_test"));
  }
  const bool has_statistics = node.HasOutput(1) || node.HasOutput(2) || node.HasOutput(3) || node.HasOutput(4);
  return training_mode || (is_test.has_value() ? *is_test == 0 : has_statistics);
}

// The inputs of operator set 12 and later. With a ratio of 0 training drops nothing.
absl::StatusOr<bool> TrainsByInputs(NodeParser& node) {
  if (!node.HasInput(2)) return false;
  ASSIGN_OR_RETURN(const Tensor* training_mode, node.Constant(2, "training_mode"));
  ASSIGN_OR_RETURN(const float trains, ScalarOf(*training_mode, "training_mode"));
  if (trains == 0.0F) return false;
  if (!node.HasInput(1)) return true;
  ASSIGN_OR_RETURN(const Tensor* ratio, node.Constant(1, "ratio"));
  const absl::StatusOr<float> dropped = ScalarOf(*ratio, "ratio");
  if (absl::IsUnimplemented(dropped.status())) return true;  // float64 that is no float32 is not 0
  if (!dropped.ok()) return dropped.status();
  return *dropped != 0.0F;
}

}  // namespace

absl::StatusOr<ParsedNode> ParseBatchNormalization(NodeParser& node) {
  RETURN_IF_ERROR(node.CheckInputs(5, 5));
  RETURN_IF_ERROR(node.CheckOutputs(5));
  BatchNormalizationAttributes attributes;
  ASSIGN_OR_RETURN(attributes.epsilon, node.attributes().Float("epsilon", attributes.epsilon));
  RETURN_IF_ERROR(node.attributes().FindFloat("momentum").status());  // of training
  ASSIGN_OR_RETURN(const bool trains, TrainsBatchNormalization(node));
  if (trains) node.AddUnsupported("training mode");
  if (node.opset() < 9) {
    ASSIGN_OR_RETURN(const bool spatial, node.attributes().Flag("spatial", true));
    if (!spatial) node.AddUnsupported("spatial 0 (statistics of every position)");
  }
  for (int output = 1; output < 5; ++output) {
    if (!trains && node.ReadsOutput(output)) node.AddUnsupported("statistics as outputs");
  }
  return Operation{OpType::kBatchNormalization, attributes, node.inputs()};
}

absl::StatusOr<ParsedNode> ParseLrn(NodeParser& node) {
  RETURN_IF_ERROR(node.CheckInputs(1, 1));
  RETURN_IF_ERROR(node.CheckOutputs(1));
  LrnAttributes lrn;
  ASSIGN_OR_RETURN(lrn.size, node.attributes().RequiredInt("size"));
  ASSIGN_OR_RETURN(lrn.alpha, node.attributes().Float("alpha", lrn.alpha));
  ASSIGN_OR_RETURN(lrn.beta, node.attributes().Float("beta", lrn.beta));
  ASSIGN_OR_RETURN(lrn.bias, node.attributes().Float("bias", lrn.bias));
  if (lrn.size < 1 || lrn.size > Shape::kMaxElements) {
    return absl::InvalidArgumentError(
        absl::StrCat("attribute 'size': want 1 to ", Shape::kMaxElements, " channels, got ", lrn.size));
  }
  return Operation{OpType::kLrn, lrn, node.inputs()};
}

absl::StatusOr<ParsedNode> ParseSoftmax(NodeParser& node) {
  RETURN_IF_ERROR(node.CheckInputs(1, 1));
  RETURN_IF_ERROR(node.CheckOutputs(1));
  SoftmaxAttributes softmax;
  softmax.flatten_to_2d = node.opset() < 13;
  ASSIGN_OR_RETURN(softmax.axis, node.attributes().Int("axis", softmax.flatten_to_2d ? 1 : -1));
  return Operation{OpType::kSoftmax, softmax, node.inputs()};
}

absl::StatusOr<ParsedNode> ParseDropout(NodeParser& node) {
  const bool has_inputs = node.opset() >= 12;
  RETURN_IF_ERROR(node.CheckInputs(1, has_inputs ? 3 : 1));
  RETURN_IF_ERROR(node.CheckOutputs(2));
  if (has_inputs) {
    RETURN_IF_ERROR(node.attributes().FindInt("seed").status());  // of training
    ASSIGN_OR_RETURN(const bool trains, TrainsByInputs(node));
    if (trains) node.AddUnsupported("training mode");
  } else {
    RETURN_IF_ERROR(node.attributes().FindFloat("ratio").status());  // of training
    if (node.opset() < 7) {
      ASSIGN_OR_RETURN(const bool is_test, node.attributes().Flag("is_test", true));
      if (!is_test) node.AddUnsupported("training mode");
    }
    // It had the element type of the data then.
    if (node.opset() < 10 && node.ReadsOutput(1)) node.AddUnsupported("mask before operator set 10");
  }
  return Operation{OpType::kDropout, {}, {node.inputs().front()}};
}

}  // namespace onebyone
