#include "engine/graph/shape_inference.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <variant>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/graph/node_inference.h"

namespace onebyone {
namespace {

// A set of element types, one bit a type.
using TypeSet = uint32_t;

constexpr TypeSet Of(std::initializer_list<DataType> types) {
  TypeSet set = 0;
  for (const DataType type : types) set |= TypeSet{1} << static_cast<int>(type);
  return set;
}

constexpr TypeSet kFloats = Of({DataType::kFloat32, DataType::kFloat64, DataType::kFloat16, DataType::kBFloat16});
constexpr TypeSet kSigned = kFloats | Of({DataType::kInt8, DataType::kInt16, DataType::kInt32, DataType::kInt64});
constexpr TypeSet kNumbers = kSigned | Of({DataType::kUInt8, DataType::kUInt16, DataType::kUInt32, DataType::kUInt64});
constexpr TypeSet kAnyType = kNumbers | Of({DataType::kBool});
constexpr TypeSet kPoolable = kFloats | Of({DataType::kInt8, DataType::kUInt8});
constexpr TypeSet kWide = kFloats | Of({DataType::kInt32, DataType::kInt64, DataType::kUInt32, DataType::kUInt64});
constexpr TypeSet kQuantized =
    Of({DataType::kInt8, DataType::kUInt8, DataType::kInt16, DataType::kUInt16, DataType::kInt32});

enum class Types : uint8_t { kAllEqual, kByRule };  // of the inputs after the first

constexpr size_t kManyInputs = size_t{1} << 31;

struct OperatorRule {
  OpType op;
  size_t required_inputs;
  size_t most_inputs;
  TypeSet first_type;
  Types other_types;
  std::optional<DataType> second_output;  // its type, where there may be one; it has the shape of the first
  ShapeRule shape;
};

// As in ONNX opset 17 (and bfloat16 wherever other floating-point types go).
constexpr OperatorRule kRules[] = {
    {OpType::kConv, 2, 3, kFloats, Types::kAllEqual, {}, &InferConv},
    {OpType::kBatchNormalization, 5, 5, kFloats, Types::kByRule, {}, &InferBatchNormalization},
    {OpType::kRelu, 1, 1, kSigned, Types::kAllEqual, {}, &InferActivation},
    {OpType::kLeakyRelu, 1, 1, kFloats, Types::kAllEqual, {}, &InferActivation},
    {OpType::kClip, 1, 1, kNumbers, Types::kAllEqual, {}, &InferActivation},
    {OpType::kSigmoid, 1, 1, kFloats, Types::kAllEqual, {}, &InferActivation},
    {OpType::kMaxPool, 1, 1, kPoolable, Types::kAllEqual, DataType::kInt64, &InferPool},
    {OpType::kAveragePool, 1, 1, kFloats, Types::kAllEqual, {}, &InferPool},
    {OpType::kGlobalAveragePool, 1, 1, kFloats, Types::kAllEqual, {}, &InferGlobalPool},
    {OpType::kGlobalMaxPool, 1, 1, kFloats, Types::kAllEqual, {}, &InferGlobalPool},
    {OpType::kLrn, 1, 1, kFloats, Types::kAllEqual, {}, &InferLrn},
    {OpType::kConcat, 1, kManyInputs, kAnyType, Types::kAllEqual, {}, &InferConcat},
    {OpType::kAdd, 2, 2, kNumbers, Types::kAllEqual, {}, &InferBroadcast},
    {OpType::kMul, 2, 2, kNumbers, Types::kAllEqual, {}, &InferBroadcast},
    {OpType::kSum, 1, kManyInputs, kFloats, Types::kAllEqual, {}, &InferBroadcast},
    {OpType::kGemm, 2, 3, kWide, Types::kAllEqual, {}, &InferGemm},
    {OpType::kMatMul, 2, 2, kWide, Types::kAllEqual, {}, &InferMatMul},
    {OpType::kFlatten, 1, 1, kAnyType, Types::kAllEqual, {}, &InferFlatten},
    {OpType::kReshape, 1, 1, kAnyType, Types::kAllEqual, {}, &InferReshape},
    {OpType::kSqueeze, 1, 1, kAnyType, Types::kAllEqual, {}, &InferSqueeze},
    {OpType::kUnsqueeze, 1, 1, kAnyType, Types::kAllEqual, {}, &InferUnsqueeze},
    {OpType::kTranspose, 1, 1, kAnyType, Types::kAllEqual, {}, &InferTranspose},
    {OpType::kSoftmax, 1, 1, kFloats, Types::kAllEqual, {}, &InferSoftmax},
    {OpType::kDropout, 1, 3, kFloats, Types::kByRule, DataType::kBool, &InferSameShape},
    {OpType::kIdentity, 1, 1, kAnyType, Types::kAllEqual, {}, &InferSameShape},
    {OpType::kPad, 1, 2, kAnyType, Types::kAllEqual, {}, &InferPad},
    {OpType::kCast, 1, 1, kAnyType, Types::kAllEqual, {}, &InferCast},
    {OpType::kReduceMean, 1, 1, kWide, Types::kAllEqual, {}, &InferReduceMean},
    {OpType::kDequantizeLinear, 2, 3, kQuantized, Types::kByRule, {}, &InferDequantizeLinear},
    {OpType::kQuantizeLinear, 2, 3, kFloats, Types::kByRule, {}, &InferQuantizeLinear},
};
static_assert(std::size(kRules) == kOpTypes);

absl::Status CheckCounts(const OperatorRule& rule, const Node& node, absl::Span<const ValueInfo> inputs) {
  if (inputs.size() != node.inputs.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("inputs: want what is known of ", node.inputs.size(), ", got ", inputs.size()));
  }
  size_t required = rule.required_inputs;
  if (rule.most_inputs == kManyInputs) required = std::max(required, node.inputs.size());  // none may be left out
  if (node.inputs.size() > rule.most_inputs || node.inputs.size() < required) {
    return absl::InvalidArgumentError(
        absl::StrCat("inputs: want ", rule.required_inputs, " to ", rule.most_inputs, ", got ", node.inputs.size()));
  }
  for (size_t i = 0; i < required; ++i) {
    if (!HasInput(node, i)) return absl::InvalidArgumentError(absl::StrCat("input ", i, ": is absent but required"));
  }
  const size_t most_outputs = rule.second_output.has_value() ? 2 : 1;
  if (node.outputs.empty() || node.outputs.size() > most_outputs) {
    return absl::InvalidArgumentError(absl::StrCat("outputs: want 1 to ", most_outputs, ", got ", node.outputs.size()));
  }
  return absl::OkStatus();
}

// What no tensor may be, read or written.
absl::Status CheckShape(const Shape& shape) {
  if (shape.rank() > kMaxRank) {
    return absl::InvalidArgumentError(absl::StrCat("want at most ", kMaxRank, " axes, got ", shape.rank()));
  }
  // Beside an extent of 0 the others could be anything, and products of some of them overflow.
  Shape without_zeros;
  for (const int64_t extent : shape.extents()) without_zeros.Append(extent == 0 ? 1 : extent);
  if (!without_zeros.CheckedElements().ok()) {
    return absl::InvalidArgumentError(absl::StrCat("shape: want known extents and at most ", Shape::kMaxElements,
                                                   " elements, got ", shape.ToString()));
  }
  return absl::OkStatus();
}

absl::Status CheckInputs(const OperatorRule& rule, const Node& node, absl::Span<const ValueInfo> inputs) {
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (!HasInput(node, i)) continue;
    if (const absl::Status status = CheckShape(inputs[i].shape); !status.ok()) {
      return absl::InvalidArgumentError(absl::StrCat("input ", i, ": ", status.message()));
    }
    if (rule.other_types == Types::kAllEqual && inputs[i].type != inputs[0].type) {
      return absl::InvalidArgumentError(absl::StrCat("input ", i, ": want ", NameOf(inputs[0].type),
                                                     " as the first input has, got ", NameOf(inputs[i].type)));
    }
  }
  if ((rule.first_type & Of({inputs[0].type})) == 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("input 0: want a type that the operator takes, got ", NameOf(inputs[0].type)));
  }
  return absl::OkStatus();
}

DataType FirstOutputType(const Node& node, absl::Span<const ValueInfo> inputs) {
  if (node.op == OpType::kDequantizeLinear) return inputs[1].type;
  if (node.op == OpType::kQuantizeLinear) return HasInput(node, 2) ? inputs[2].type : DataType::kUInt8;
  if (node.op == OpType::kCast) return std::get<CastAttributes>(node.attributes).to;
  return inputs[0].type;
}

absl::StatusOr<std::vector<ValueInfo>> ApplyRule(const Node& node, absl::Span<const ValueInfo> inputs) {
  const auto* rule = std::find_if(std::begin(kRules), std::end(kRules),
                                  [&](const OperatorRule& entry) { return entry.op == node.op; });
  if (rule == std::end(kRules)) return absl::InvalidArgumentError("the operator is unknown");
  RETURN_IF_ERROR(CheckCounts(*rule, node, inputs));
  RETURN_IF_ERROR(CheckInputs(*rule, node, inputs));
  ASSIGN_OR_RETURN(const Shape shape, rule->shape(node, inputs));
  if (const absl::Status status = CheckShape(shape); !status.ok()) {
    return absl::InvalidArgumentError(absl::StrCat("output: ", status.message()));
  }
  std::vector<ValueInfo> outputs = {{FirstOutputType(node, inputs), shape}};
  if (node.outputs.size() == 2) outputs.push_back({*rule->second_output, shape});
  return outputs;
}

Window* WindowOf(Attributes& attributes) {
  if (auto* conv = std::get_if<ConvAttributes>(&attributes)) return &conv->window;
  if (auto* pool = std::get_if<PoolAttributes>(&attributes)) return &pool->window;
  return nullptr;
}

absl::StatusOr<std::vector<ValueInfo>> KnownInputs(const Graph& graph, const Node& node) {
  std::vector<ValueInfo> inputs(node.inputs.size());
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (node.inputs[i] == kNoValue) continue;
    const Value& value = graph.value(node.inputs[i]);
    if (!value.has_shape) {
      return absl::InvalidArgumentError(absl::StrCat("node '", node.name, "' (", NameOf(node.op), "): input '",
                                                     value.name, "': want a known shape, got none"));
    }
    inputs[i] = {value.type, value.shape};
  }
  return inputs;
}

// A value made of parts has no producer: it follows its parts on every axis but that of the channels.
void FollowPart(Graph& graph, ValueId part) {
  while (graph.value(part).slice.has_value()) {
    const ValueId parent = graph.value(part).slice->parent;
    Shape shape = graph.value(part).shape;
    shape[1] = graph.value(parent).shape[1];
    graph.value(parent).shape = shape;
    part = parent;
  }
}

void Assign(Graph& graph, ValueId id, const ValueInfo& known) {
  Value& value = graph.value(id);
  value.type = known.type;
  value.shape = known.shape;
  value.has_shape = true;
  FollowPart(graph, id);
}

// What becomes of automatic padding.
enum class AutoPadding : uint8_t { kMadeExplicit, kKept };

absl::Status InferAll(Graph& graph, AutoPadding padding) {
  // What an earlier run found for other input sizes must not stand in for what this one has yet to find.
  const std::vector<NodeId> order = graph.NodeIds();
  for (const NodeId id : order) {
    for (const ValueId output : graph.node(id).outputs) graph.value(output).has_shape = false;
  }
  for (const NodeId id : order) {
    Node& node = graph.node(id);
    ASSIGN_OR_RETURN(const std::vector<ValueInfo> inputs, KnownInputs(graph, node));
    ASSIGN_OR_RETURN(const std::vector<ValueInfo> outputs, InferNode(node, inputs));
    for (size_t i = 0; i < outputs.size(); ++i) Assign(graph, node.outputs[i], outputs[i]);
    Window* window = padding == AutoPadding::kMadeExplicit ? WindowOf(node.attributes) : nullptr;
    if (window != nullptr) {
      ASSIGN_OR_RETURN(*window, ExplicitWindow(node, inputs));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<ValueInfo>> InferNode(const Node& node, absl::Span<const ValueInfo> inputs) {
  absl::StatusOr<std::vector<ValueInfo>> outputs = ApplyRule(node, inputs);
  if (outputs.ok()) return outputs;
  return absl::Status(outputs.status().code(),
                      absl::StrCat("node '", node.name, "' (", NameOf(node.op), "): ", outputs.status().message()));
}

absl::Status InferShapes(Graph& graph) { return InferAll(graph, AutoPadding::kMadeExplicit); }

absl::Status InferShapesOnly(Graph& graph) { return InferAll(graph, AutoPadding::kKept); }

}  // namespace onebyone
