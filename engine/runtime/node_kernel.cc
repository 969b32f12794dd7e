#include "engine/runtime/node_kernel.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "engine/base/status_macros.h"
#include "engine/kernels/concat/channels_last_concat.h"
#include "engine/kernels/lrn/byte_lrn.h"
#include "engine/kernels/onednn/onednn_kernels.h"
#include "engine/kernels/pool/blocked_max_pool.h"
#include "engine/runtime/reference_kernel.h"

namespace onebyone {
namespace {

// What the choosers below look at. Each returns UNIMPLEMENTED where the node has a form that its kernel does not take.
struct Context {
  const Graph& graph;
  const Node& node;
  const std::vector<Layout>& layout_of;
  const KernelPreference& preference;
  WeightCache& weights;

  Layout blocked() const { return preference.blocked; }

  const Value& input(int index) const { return graph.value(node.inputs[index]); }
  const Value& output() const { return graph.value(node.outputs.front()); }
  bool has_input(int index) const {
    return index < static_cast<int>(node.inputs.size()) && node.inputs[index] != kNoValue;
  }
  // The byte layout that input and output share; none where one of them is not quantized, or they differ.
  std::optional<Layout> SharedBytes() const {
    const std::optional<Quantization>& quantization = output().quantization;
    if (!quantization.has_value()) return std::nullopt;
    for (const ValueId value : node.inputs) {
      if (value == kNoValue || graph.value(value).quantization != quantization) return std::nullopt;
    }
    return ByteLayout(*quantization);
  }
  // Float32 images: what blocked kernels take.
  bool IsImage(const Value& value) const { return value.type == DataType::kFloat32 && value.shape.rank() == 4; }
};

absl::Status NoFastKernel() { return absl::UnimplementedError("no fast kernel"); }

// Layouts of input and output that oneDNN may have a vector kernel for, the fastest first: blocked, but plain for the
// few channels of a picture, and for groups that cut blocks. Each as float32 where there is none in bfloat16.
std::vector<std::pair<Layout, Layout>> ConvLayouts(const ConvSpec& spec, Layout blocked) {
  const int64_t block = ChannelBlock();
  const int64_t groups = spec.attributes.groups;
  const bool depthwise = groups > 1 && groups == spec.src[1] && groups == spec.dst[1];
  const bool whole_blocks = spec.src[1] / groups % block == 0 && spec.dst[1] / groups % block == 0;
  std::vector<std::pair<Layout, Layout>> layouts;
  if (groups == 1 || depthwise || whole_blocks) {
    const bool is_picture = groups == 1 && spec.src[1] <= 3;
    if (IsBFloat16(blocked)) layouts.emplace_back(is_picture ? Layout::kPlainBFloat16 : blocked, blocked);
    layouts.emplace_back(is_picture ? Layout::kPlain : Layout::kBlocked, Layout::kBlocked);
  }
  // A 1x1 convolution with padding, for one, has no blocked kernel, but a matrix product over planes.
  layouts.emplace_back(Layout::kPlain, Layout::kPlain);
  return layouts;
}

// Nothing is merged alone. Winograd's transformed bytes fit only where the calibration says so.
bool MayBe(const ConvVariant& variant, const ConvSpec& spec) {
  if (variant.algorithm == ConvVariant::Algorithm::kMerged) return false;
  if (variant.algorithm != ConvVariant::Algorithm::kWinograd || !IsByte(spec.src_layout)) return true;
  return spec.attributes.byte_winograd && HasByteWinograd();
}

// The kernel that the plan's choice names; the ordinary one where there is no such kernel.
absl::StatusOr<NodeKernel> MakeChosenConv(const Context& context, ConvSpec spec) {
  NodeKernel chosen = {nullptr, {context.node.inputs[0]}, spec.src_layout, spec.dst_layout, ConvChoice::KeyOf(spec)};
  spec.variant = context.preference.choice == nullptr ? ConvVariant() : context.preference.choice->For(chosen.conv_key);
  if (!MayBe(spec.variant, spec)) spec.variant = {};
  if (spec.variant != ConvVariant() && !context.preference.choice->Knows(chosen.conv_key)) {
    // Being tried: only beside an ordinary kernel, so that layouts are the same for all variants.
    ConvSpec ordinary = spec;
    ordinary.variant = {};
    RETURN_IF_ERROR(MakeConv(ordinary, context.weights).status());
  }
  absl::StatusOr<std::shared_ptr<const Kernel>> kernel = MakeConv(spec, context.weights);
  if (absl::IsUnimplemented(kernel.status()) && spec.variant != ConvVariant()) {
    spec.variant = {};
    kernel = MakeConv(spec, context.weights);
  }
  RETURN_IF_ERROR(kernel.status());
  chosen.kernel = *std::move(kernel);
  chosen.conv_variant = spec.variant;
  return chosen;
}

// Bytes saturate: an activation that cuts off nothing but what they cannot hold is done by that.
bool IsDoneByBytes(const Activation& activation, const Quantization& quantization) {
  constexpr float kNearly = 1.0F - 1e-5F;       // scales are quotients
  if (quantization.is_companded) return false;  // there is no root of what it cuts off
  const float most = LargestNumber(quantization);
  switch (activation.kind) {
    case Activation::Kind::kRelu: return !quantization.is_signed;
    case Activation::Kind::kClip:
      return activation.high >= most * kNearly && activation.low <= (quantization.is_signed ? -most * kNearly : 0.0F);
    default: return false;
  }
}

// Bytes in; bytes out where the result is quantized and its activation allows. Nothing where the convolution is float.
absl::StatusOr<NodeKernel> ChooseByteConv(const Context& context, ConvSpec spec) {
  const std::optional<Quantization>& src = context.input(0).quantization;
  const std::optional<Quantization>& dst = context.output().quantization;
  if (!src.has_value() || spec.attributes.stays_float) return NoFastKernel();
  spec.src_layout = ByteLayout(*src);
  spec.src_scale = src->scale;
  if (dst.has_value()) {
    const std::optional<Activation> activation = spec.attributes.activation;
    if (activation.has_value() && IsDoneByBytes(*activation, *dst)) spec.attributes.activation.reset();
    spec.dst_layout = ByteLayout(*dst);
    spec.dst_scale = dst->scale;
    absl::StatusOr<NodeKernel> kernel = MakeChosenConv(context, spec);
    if (!absl::IsUnimplemented(kernel.status())) return kernel;
    spec.attributes.activation = activation;
  }
  spec.dst_layout = Layout::kChannelsLast;
  spec.dst_scale = 1.0F;
  return MakeChosenConv(context, spec);
}

absl::StatusOr<NodeKernel> ChooseConv(const Context& context) {
  const Value& src = context.input(0);
  const Value& weights = context.input(1);
  const bool has_bias = context.has_input(2);
  if (!context.IsImage(src) || weights.constant == nullptr || weights.type != DataType::kFloat32) return NoFastKernel();
  if (has_bias && context.input(2).constant == nullptr) return NoFastKernel();
  ConvSpec spec;
  spec.src = src.shape;
  spec.dst = context.output().shape;
  spec.attributes = std::get<ConvAttributes>(context.node.attributes);
  spec.weights = weights.constant;
  if (has_bias) spec.bias = context.input(2).constant;
  absl::StatusOr<NodeKernel> bytes = ChooseByteConv(context, spec);
  if (!absl::IsUnimplemented(bytes.status())) return bytes;
  for (const auto& [src_layout, dst_layout] : ConvLayouts(spec, context.blocked())) {
    spec.src_layout = src_layout;
    spec.dst_layout = dst_layout;
    absl::StatusOr<NodeKernel> kernel = MakeChosenConv(context, spec);
    if (!absl::IsUnimplemented(kernel.status())) return kernel;
  }
  return NoFastKernel();
}

absl::StatusOr<NodeKernel> ChoosePool(const Context& context) {
  const Value& src = context.input(0);
  if (!context.IsImage(src) || context.node.outputs.size() != 1) return NoFastKernel();
  PoolSpec spec;
  spec.src = src.shape;
  spec.dst = context.output().shape;
  const bool is_max = context.node.op == OpType::kMaxPool || context.node.op == OpType::kGlobalMaxPool;
  spec.kind = is_max ? PoolSpec::Kind::kMax : PoolSpec::Kind::kAverageWithoutPadding;
  if (const auto* attributes = std::get_if<PoolAttributes>(&context.node.attributes)) {
    spec.window = attributes->window;
    if (!is_max && attributes->count_include_pad) {
      spec.kind = PoolSpec::Kind::kAverageWithPadding;
      if (attributes->ceil_mode) return NoFastKernel();  // what ceil_mode adds must not count, but oneDNN counts it
    }
  } else {
    spec.window.kernel = {src.shape[2], src.shape[3]};
    spec.window.strides = spec.window.dilations = {1, 1};
    spec.window.pads_begin = spec.window.pads_end = {0, 0};
  }
  if (const std::optional<Layout> bytes = context.SharedBytes()) {
    spec.layout = *bytes;
    auto kernel = MakePool(spec);
    if (kernel.ok()) return NodeKernel{*std::move(kernel), {context.node.inputs[0]}, spec.layout, spec.layout};
    if (!absl::IsUnimplemented(kernel.status())) return kernel.status();
  }
  spec.layout = context.blocked();
  if (is_max) {
    const DataType type = IsBFloat16(spec.layout) ? DataType::kBFloat16 : DataType::kFloat32;
    auto kernel = MakeBlockedMaxPool({spec.src, spec.dst, spec.window, ChannelBlock(), type});
    if (kernel.ok()) return NodeKernel{*std::move(kernel), {context.node.inputs[0]}, spec.layout, spec.layout};
  }
  ASSIGN_OR_RETURN(std::shared_ptr<const Kernel> kernel, MakePool(spec));
  return NodeKernel{std::move(kernel), {context.node.inputs[0]}, spec.layout, spec.layout};
}

absl::StatusOr<NodeKernel> ChooseByteLrn(const Context& context) {
  const std::optional<Quantization>& src = context.input(0).quantization;
  const std::optional<Quantization>& dst = context.output().quantization;
  if (!src.has_value() || !dst.has_value() || src->is_signed || dst->is_signed || dst->is_companded) {
    return NoFastKernel();
  }
  ByteLrnSpec spec;
  spec.attributes = std::get<LrnAttributes>(context.node.attributes);
  const Shape& shape = context.input(0).shape;
  spec.channels = shape[1];
  spec.pixels = shape[0] * shape[2] * shape[3];
  spec.src_scale = src->scale;
  spec.src_is_companded = src->is_companded;
  spec.dst_scale = dst->scale;
  ASSIGN_OR_RETURN(std::shared_ptr<const Kernel> kernel, MakeByteLrn(spec));
  return NodeKernel{std::move(kernel), {context.node.inputs[0]}, ByteLayout(*src), ByteLayout(*dst)};
}

absl::StatusOr<NodeKernel> ChooseLrn(const Context& context) {
  const Value& src = context.input(0);
  if (!context.IsImage(src)) return NoFastKernel();
  absl::StatusOr<NodeKernel> bytes = ChooseByteLrn(context);
  if (!absl::IsUnimplemented(bytes.status())) return bytes;
  const Layout layout = src.shape[1] % ChannelBlock() == 0 ? context.blocked() : Layout::kPlain;
  ASSIGN_OR_RETURN(std::shared_ptr<const Kernel> kernel,
                   MakeLrn(std::get<LrnAttributes>(context.node.attributes), src.shape, layout));
  return NodeKernel{std::move(kernel), {context.node.inputs[0]}, layout, layout};
}

absl::StatusOr<NodeKernel> ChooseActivation(const Context& context) {
  const Value& src = context.input(0);
  if (src.type != DataType::kFloat32 || src.shape.rank() < 1 || src.shape.rank() > 6) return NoFastKernel();
  Layout layout = context.layout_of[context.node.inputs[0]];
  if (IsByte(layout)) layout = Layout::kChannelsLast;
  ASSIGN_OR_RETURN(
      std::shared_ptr<const Kernel> kernel,
      MakeActivation(std::get<ActivationAttributes>(context.node.attributes).activation, src.shape, layout));
  return NodeKernel{std::move(kernel), {context.node.inputs[0]}, layout, layout};
}

absl::StatusOr<NodeKernel> ChooseBinary(const Context& context) {
  if (context.node.inputs.size() != 2) return NoFastKernel();
  ValueId a = context.node.inputs[0];
  ValueId b = context.node.inputs[1];
  const Shape& dst = context.output().shape;
  if (context.graph.value(a).shape != dst) std::swap(a, b);
  const Value& left = context.graph.value(a);
  const Value& right = context.graph.value(b);
  if (left.type != DataType::kFloat32 || left.shape != dst || right.shape.rank() != dst.rank()) return NoFastKernel();
  if (dst.rank() < 1 || dst.rank() > 5) return NoFastKernel();
  const bool blocked = dst.rank() == 4 && (IsBlocked(context.layout_of[a]) || IsBlocked(context.layout_of[b]));
  const Layout layout = blocked ? context.blocked() : Layout::kPlain;
  const BinaryOp op = context.node.op == OpType::kMul ? BinaryOp::kMul : BinaryOp::kAdd;
  ASSIGN_OR_RETURN(std::shared_ptr<const Kernel> kernel, MakeBinary(op, left.shape, right.shape, layout));
  return NodeKernel{std::move(kernel), {a, b}, layout, layout};
}

absl::StatusOr<NodeKernel> ChooseConcat(const Context& context) {
  const Value& dst = context.output();
  const int64_t axis = std::get<AxisAttributes>(context.node.attributes).axis;
  if (!context.IsImage(dst) || (axis != 1 && axis != -3)) return NoFastKernel();
  std::vector<Shape> parts;
  if (const std::optional<Layout> bytes = context.SharedBytes()) {
    std::vector<int64_t> channels;
    for (const ValueId input : context.node.inputs) channels.push_back(context.graph.value(input).shape[1]);
    const int64_t pixels = dst.shape[0] * dst.shape[2] * dst.shape[3];
    return NodeKernel{MakeChannelsLastConcat(pixels, channels, ElementBytes(*bytes)), context.node.inputs, *bytes,
                      *bytes};
  }
  for (size_t i = 0; i < context.node.inputs.size(); ++i) {
    const Shape& shape = context.input(static_cast<int>(i)).shape;
    if (i + 1 < context.node.inputs.size() && shape[1] % ChannelBlock() != 0) return NoFastKernel();
    parts.push_back(shape);
  }
  ASSIGN_OR_RETURN(std::shared_ptr<const Kernel> kernel, MakeConcat(parts, dst.shape, context.blocked()));
  return NodeKernel{std::move(kernel), context.node.inputs, context.blocked(), context.blocked()};
}

absl::StatusOr<NodeKernel> ChooseBatchNormalization(const Context& context) {
  if (!context.IsImage(context.input(0)) || context.node.outputs.size() != 1) return NoFastKernel();
  for (int i = 1; i < 5; ++i) {
    if (context.input(i).constant == nullptr || context.input(i).type != DataType::kFloat32) return NoFastKernel();
  }
  ASSIGN_OR_RETURN(
      std::shared_ptr<const Kernel> kernel,
      MakeBatchNormalization(std::get<BatchNormalizationAttributes>(context.node.attributes).epsilon,
                             context.input(0).shape, context.blocked(), *context.input(1).constant,
                             *context.input(2).constant, *context.input(3).constant, *context.input(4).constant));
  return NodeKernel{std::move(kernel), {context.node.inputs[0]}, context.blocked(), context.blocked()};
}

absl::StatusOr<NodeKernel> ChooseDense(const Context& context) {
  const Value& a = context.input(0);
  const Value& b = context.input(1);
  if (a.type != DataType::kFloat32 || a.shape.rank() != 2 || b.constant == nullptr || b.shape.rank() != 2) {
    return NoFastKernel();
  }
  bool transposed = true;  // MatMul, and Gemm as it is by default: weights [C, K]
  std::shared_ptr<const Tensor> bias;
  if (const auto* gemm = std::get_if<GemmAttributes>(&context.node.attributes)) {
    if (gemm->transpose_a || gemm->alpha != 1.0F || gemm->beta != 1.0F) return NoFastKernel();
    transposed = !gemm->transpose_b;
    if (context.has_input(2)) {
      bias = context.input(2).constant;
      const int64_t out = context.output().shape[1];
      const bool is_row = bias != nullptr && bias->elements() == out && bias->shape().rank() > 0 &&
                          bias->shape()[bias->shape().rank() - 1] == out;
      if (!is_row) return NoFastKernel();
    }
  }
  ASSIGN_OR_RETURN(std::shared_ptr<const Kernel> kernel,
                   MakeDense(a.shape[0], b.constant, transposed, bias, context.preference.dense, context.weights));
  return NodeKernel{std::move(kernel), {context.node.inputs[0]}, context.preference.dense, Layout::kPlain};
}

absl::StatusOr<NodeKernel> ChooseFast(const Context& context) {
  switch (context.node.op) {
    case OpType::kConv: return ChooseConv(context);
    case OpType::kMaxPool:
    case OpType::kAveragePool:
    case OpType::kGlobalAveragePool:
    case OpType::kGlobalMaxPool: return ChoosePool(context);
    case OpType::kLrn: return ChooseLrn(context);
    case OpType::kRelu:
    case OpType::kLeakyRelu:
    case OpType::kClip:
    case OpType::kSigmoid: return ChooseActivation(context);
    case OpType::kAdd:
    case OpType::kMul:
    case OpType::kSum: return ChooseBinary(context);
    case OpType::kConcat: return ChooseConcat(context);
    case OpType::kBatchNormalization: return ChooseBatchNormalization(context);
    case OpType::kGemm:
    case OpType::kMatMul: return ChooseDense(context);
    default: return NoFastKernel();
  }
}

// oneDNN has no kernels for tensors without elements.
bool IsEmpty(const Graph& graph, const Node& node) {
  const auto empty = [&](ValueId value) { return value != kNoValue && graph.value(value).shape.Elements() == 0; };
  return std::any_of(node.inputs.begin(), node.inputs.end(), empty) ||
         std::any_of(node.outputs.begin(), node.outputs.end(), empty);
}

}  // namespace

KernelPreference PreferenceOf(Precision precision, const ConvChoice* choice) {
  const bool few_bits = precision != Precision::kFloat32;
  return {precision == Precision::kBFloat16 ? Layout::kBlockedBFloat16 : Layout::kBlocked,
          few_bits && HasBFloat16() ? Layout::kPlainBFloat16 : Layout::kPlain, choice};
}

NodeKernel ReferenceFor(const Graph& graph, NodeId id) {
  const Node& node = graph.node(id);
  const auto describe = [&](const std::vector<ValueId>& values) {
    std::vector<ValueInfo> described;
    for (const ValueId value : values) {
      described.push_back(value == kNoValue ? ValueInfo{}
                                            : ValueInfo{graph.value(value).type, graph.value(value).shape});
    }
    return described;
  };
  return {MakeReferenceKernel(node.op, node.attributes, describe(node.inputs), describe(node.outputs)), node.inputs,
          Layout::kPlain, Layout::kPlain};
}

absl::StatusOr<NodeKernel> ChooseKernel(const Graph& graph, NodeId id, const std::vector<Layout>& layout_of,
                                        const KernelPreference& preference, WeightCache& weights) {
  const Node& node = graph.node(id);
  if (IsEmpty(graph, node)) return ReferenceFor(graph, id);
  absl::StatusOr<NodeKernel> fast = ChooseFast({graph, node, layout_of, preference, weights});
  if (absl::IsUnimplemented(fast.status())) return ReferenceFor(graph, id);
  return fast;
}

}  // namespace onebyone
