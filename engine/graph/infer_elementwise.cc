#include "engine/base/status_macros.h"
#include "engine/graph/node_inference.h"

namespace onebyone {
namespace {

bool IsFloat(DataType type) {
  return type == DataType::kFloat32 || type == DataType::kFloat64 || type == DataType::kFloat16 ||
         type == DataType::kBFloat16;
}

// Channels of [N, C, ...].
absl::StatusOr<int64_t> ChannelsOf(const Shape& input) {
  if (input.rank() < 2) {
    return absl::InvalidArgumentError(absl::StrCat("input: want [N, C, ...], got ", input.ToString()));
  }
  return input[1];
}

}  // namespace

absl::StatusOr<Shape> InferSameShape(const Node&, absl::Span<const ValueInfo> inputs) { return inputs[0].shape; }

absl::StatusOr<Shape> InferActivation(const Node& node, absl::Span<const ValueInfo> inputs) {
  RETURN_IF_ERROR(AttributesAs<ActivationAttributes>(node).status());
  return inputs[0].shape;
}

absl::StatusOr<Shape> InferBroadcast(const Node&, absl::Span<const ValueInfo> inputs) {
  Shape shape = inputs[0].shape;
  for (const ValueInfo& input : inputs.subspan(1)) {
    ASSIGN_OR_RETURN(shape, BroadcastShapes(shape, input.shape));
  }
  return shape;
}

absl::StatusOr<Shape> InferBatchNormalization(const Node& node, absl::Span<const ValueInfo> inputs) {
  RETURN_IF_ERROR(AttributesAs<BatchNormalizationAttributes>(node).status());
  ASSIGN_OR_RETURN(const int64_t channels, ChannelsOf(inputs[0].shape));
  for (size_t i = 1; i < inputs.size(); ++i) {
    constexpr absl::string_view kNames[] = {"scale", "bias", "mean", "variance"};
    if (inputs[i].shape != Shape({channels}) || !IsFloat(inputs[i].type)) {
      return absl::InvalidArgumentError(absl::StrCat(kNames[i - 1], ": want floating-point [", channels, "], got ",
                                                     NameOf(inputs[i].type), " ", inputs[i].shape.ToString()));
    }
  }
  return inputs[0].shape;
}

absl::StatusOr<Shape> InferLrn(const Node& node, absl::Span<const ValueInfo> inputs) {
  ASSIGN_OR_RETURN(const auto* lrn, AttributesAs<LrnAttributes>(node));
  RETURN_IF_ERROR(ChannelsOf(inputs[0].shape).status());
  if (lrn->size < 1 || lrn->size > kMaxExtent) {
    return absl::InvalidArgumentError(absl::StrCat("size: want 1 to ", kMaxExtent, ", got ", lrn->size));
  }
  return inputs[0].shape;
}

absl::StatusOr<Shape> InferSoftmax(const Node& node, absl::Span<const ValueInfo> inputs) {
  ASSIGN_OR_RETURN(const auto* softmax, AttributesAs<SoftmaxAttributes>(node));
  RETURN_IF_ERROR(NormalizeAxis(softmax->axis, inputs[0].shape.rank()).status());
  return inputs[0].shape;
}

absl::StatusOr<Shape> InferCast(const Node& node, absl::Span<const ValueInfo> inputs) {
  RETURN_IF_ERROR(AttributesAs<CastAttributes>(node).status());
  return inputs[0].shape;
}

namespace {

// One scale, or one for each index along the axis; and a zero point of the same shape.
absl::Status CheckScale(const Node& node, absl::Span<const ValueInfo> inputs) {
  ASSIGN_OR_RETURN(const auto* attributes, AttributesAs<QuantizeAttributes>(node));
  const Shape& input = inputs[0].shape;
  const Shape& scale = inputs[1].shape;
  if (!IsFloat(inputs[1].type)) {
    return absl::InvalidArgumentError(absl::StrCat("scale: want a floating-point type, got ", NameOf(inputs[1].type)));
  }
  if (scale.rank() > 1) {
    return absl::InvalidArgumentError(absl::StrCat("scale: want a scalar or one axis, got ", scale.ToString()));
  }
  if (scale.Elements() != 1) {
    ASSIGN_OR_RETURN(const int axis, NormalizeAxis(attributes->axis, input.rank()));
    if (scale[0] != input[axis]) {
      return absl::InvalidArgumentError(
          absl::StrCat("scale: want one element or ", input[axis], " as on axis ", axis, ", got ", scale[0]));
    }
  }
  if (HasInput(node, 2) && inputs[2].shape != scale) {
    return absl::InvalidArgumentError(absl::StrCat("zero point: want the shape of the scale, ", scale.ToString(),
                                                   ", got ", inputs[2].shape.ToString()));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Shape> InferDequantizeLinear(const Node& node, absl::Span<const ValueInfo> inputs) {
  RETURN_IF_ERROR(CheckScale(node, inputs));
  if (HasInput(node, 2) && inputs[2].type != inputs[0].type) {
    return absl::InvalidArgumentError(
        absl::StrCat("zero point: want ", NameOf(inputs[0].type), ", got ", NameOf(inputs[2].type)));
  }
  return inputs[0].shape;
}

absl::StatusOr<Shape> InferQuantizeLinear(const Node& node, absl::Span<const ValueInfo> inputs) {
  RETURN_IF_ERROR(CheckScale(node, inputs));
  if (inputs[1].type != inputs[0].type) {
    return absl::InvalidArgumentError(
        absl::StrCat("scale: want ", NameOf(inputs[0].type), ", got ", NameOf(inputs[1].type)));
  }
  if (HasInput(node, 2) && inputs[2].type != DataType::kUInt8 && inputs[2].type != DataType::kInt8) {
    return absl::InvalidArgumentError(absl::StrCat("zero point: want uint8 or int8, got ", NameOf(inputs[2].type)));
  }
  return inputs[0].shape;
}

}  // namespace onebyone
