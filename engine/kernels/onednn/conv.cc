#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "engine/base/status_macros.h"
#include "engine/kernels/onednn/join_channels.h"
#include "engine/kernels/onednn/line_winograd.h"
#include "engine/kernels/onednn/onednn_kernels.h"
#include "engine/kernels/onednn/primitive_kernel.h"
#include "engine/kernels/onednn/version.h"

namespace onebyone {
namespace {

using onednn::PrimitiveKernel;
using From = PrimitiveKernel::Operand::From;

// oneDNN wants the groups as a dimension of their own.
dnnl::memory::dims WeightDims(const ConvSpec& spec) {
  const Shape& weights = spec.weights->shape();
  if (spec.attributes.groups == 1) return {spec.dst[1], weights[1], weights[2], weights[3]};
  return {spec.attributes.groups, weights[0] / spec.attributes.groups, weights[1], weights[2], weights[3]};
}

// What turns float32 weights and sums of products of bytes into each other. One number per output channel.
struct ByteScales {
  std::shared_ptr<const onednn::Factors> to_bytes;  // of the weights; null where there are no bytes
  std::shared_ptr<const onednn::Factors> output;    // of the sums
  std::shared_ptr<Tensor> bias;  // in units of the sums, or of the result where it is added there; null without one
};

constexpr float kLargestWeight = 127.0F;

// The largest sum of two weights of one sign whose products some CPUs add in 16 bits: those of two channels beside each
// other, at one place of the window.
float LargestPair(const float* weights, int64_t channels, int64_t places) {
  float largest = 0.0F;
  for (int64_t channel = 0; channel + 1 < channels; channel += 2) {
    for (int64_t i = channel * places; i < (channel + 1) * places; ++i) {
      const float a = weights[i];
      const float b = weights[i + places];
      largest = std::max({largest, std::max(a, 0.0F) + std::max(b, 0.0F), -std::min(a, 0.0F) - std::min(b, 0.0F)});
    }
  }
  return largest;
}

// The number that a weight of 1 stands for, in one output channel: as fine as no sum can saturate.
float WeightScale(const ConvSpec& spec, const float* weights) {
  const Shape& shape = spec.weights->shape();
  const int64_t places = shape[2] * shape[3];
  float largest = 0.0F;
  for (int64_t i = 0; i < shape[1] * places; ++i) largest = std::max(largest, std::abs(weights[i]));
  float scale = largest / kLargestWeight;
  // For signed bytes oneDNN sees to it by itself.
  const auto safe = static_cast<float>(LargestByteWeight());
  if (safe < kLargestWeight && spec.src_layout == Layout::kChannelsLastUInt8) {
    scale = std::max(scale, LargestPair(weights, shape[1], places) / (2.0F * safe));
  }
  return scale > 0.0F && std::isfinite(scale) ? scale : 1.0F;
}

absl::StatusOr<ByteScales> ScalesOf(const ConvSpec& spec) {
  const int64_t channels = spec.weights->shape()[0];
  const int64_t each = spec.weights->elements() / channels;
  ByteScales scales;
  if (spec.bias != nullptr) {
    ASSIGN_OR_RETURN(Tensor bias, Tensor::Create(DataType::kFloat32, spec.bias->shape()));
    scales.bias = std::make_shared<Tensor>(std::move(bias));
  }
  std::vector<float> to_bytes;
  std::vector<float> output;
  const auto* weight = spec.weights->As<float>();
  for (int64_t channel = 0; channel < channels; ++channel, weight += each) {
    const float scale = WeightScale(spec, weight);
    to_bytes.push_back(1.0F / scale);
    output.push_back(spec.src_scale * scale / spec.dst_scale);
    if (spec.bias != nullptr) {
      const float unit = onednn::kFactorsApplyToBias ? spec.src_scale * scale : spec.dst_scale;
      scales.bias->As<float>()[channel] = spec.bias->As<float>()[channel] / unit;
    }
  }
  const int output_channels = spec.attributes.groups == 1 ? 1 : 3;  // a mask of the weights' dimensions
  scales.to_bytes = std::make_shared<const onednn::Factors>(DNNL_ARG_FROM, output_channels, std::move(to_bytes));
  scales.output = std::make_shared<const onednn::Factors>(DNNL_ARG_WEIGHTS, output_channels, std::move(output));
  return scales;
}

// The activation of numbers that are divided by `scale`.
Activation Scaled(Activation activation, float scale) {
  activation.low /= scale;
  activation.high /= scale;
  return activation;
}

dnnl::post_ops PostOpsOf(const ConvSpec& spec) {
  dnnl::post_ops post_ops;
  const std::optional<Activation>& activation = spec.attributes.activation;
  if (activation.has_value()) onednn::AppendActivation(post_ops, Scaled(*activation, spec.dst_scale));
  if (spec.dst_layout != Layout::kChannelsLastCompanded) return post_ops;
  if (!activation.has_value() || activation->kind != Activation::Kind::kRelu) {
    onednn::AppendActivation(post_ops, {.kind = Activation::Kind::kRelu});  // no roots of negative numbers
  }
  onednn::AppendEltwise(post_ops, {dnnl::algorithm::eltwise_sqrt, 0.0F, 0.0F});
  return post_ops;
}

bool IsWinograd(const ConvSpec& spec) { return spec.variant.algorithm == ConvVariant::Algorithm::kWinograd; }

// oneDNN's name of a kernel is "jit_1x1:avx512_core": what follows the colon is the instruction set.
absl::string_view InstructionsOf(absl::string_view implementation) {
  return implementation.substr(std::min(implementation.find(':'), implementation.size()));
}

// Goes on to the implementation that `variant` counts; false where there are not so many vector kernels.
bool FindImplementation(int implementation, onednn::ConvolutionPlan& primitive) {
  const std::string first = primitive.impl_info_str();
  if (absl::StartsWith(first, "ref")) return false;  // a thousand times slower than the others
  std::string last = first;                          // some are listed twice
  for (int found = 0; found < implementation;) {
    if (!primitive.next_impl()) return false;
    const std::string next = primitive.impl_info_str();
    if (absl::StartsWith(next, "ref") || InstructionsOf(next) != InstructionsOf(first) || next == last) continue;
    last = next;
    ++found;
  }
  return true;
}

// Makes what FindImplementation finds. oneDNN 2.6 lists kernels that it then fails to make (of bytes, for some groups
// with a sigmoid behind): instead of the first one, the next that can be made will do. Throws where that has other
// reasons.
std::optional<dnnl::convolution_forward> MakeImplementation(int implementation, onednn::ConvolutionPlan& plan) {
  if (!FindImplementation(implementation, plan)) return std::nullopt;
  do {
    if (absl::StartsWith(plan.impl_info_str(), "ref")) return std::nullopt;
    try {
      return dnnl::convolution_forward(plan);
    } catch (const dnnl::error& error) {
      if (error.status != dnnl_runtime_error) throw;
    }
  } while (implementation == 0 && plan.next_impl());
  return std::nullopt;
}

struct MadeConvolution {
  onednn::ConvolutionPlan plan;
  dnnl::convolution_forward primitive;
};

absl::StatusOr<MadeConvolution> MakeConvolution(const ConvSpec& spec, const ByteScales& scales) {
  using Tag = dnnl::memory::format_tag;
  constexpr auto kFloat = dnnl::memory::data_type::f32;
  const Window& window = spec.attributes.window;
  const auto dims = [](const SpatialVector& vector) { return dnnl::memory::dims(vector.begin(), vector.end()); };
  dnnl::memory::dims dilations = dims(window.dilations);
  for (int64_t& dilation : dilations) --dilation;  // oneDNN counts the gaps
  const dnnl::memory::desc src = onednn::Describe(spec.src, spec.src_layout);
  const dnnl::memory::desc dst = onednn::Describe(spec.dst, spec.dst_layout);
  const dnnl::memory::desc weights(
      WeightDims(spec), IsByte(spec.src_layout) ? dnnl::memory::data_type::s8 : onednn::ElementType(spec.src_layout),
      Tag::any);
  const dnnl::memory::desc bias({spec.dst[1]}, kFloat, Tag::a);
  const auto algorithm = IsWinograd(spec) ? dnnl::algorithm::convolution_winograd : dnnl::algorithm::convolution_direct;
  dnnl::primitive_attr attributes = onednn::CallersScratch();
  if (scales.output != nullptr) scales.output->AddTo(attributes);
  attributes.set_post_ops(PostOpsOf(spec));
  std::optional<dnnl::convolution_forward> primitive;
  onednn::ConvolutionPlan plan = onednn::PlanConvolution(
      {.algorithm = algorithm,
       .src = src,
       .weights = weights,
       .bias = spec.bias != nullptr ? &bias : nullptr,
       .dst = dst,
       .strides = dims(window.strides),
       .dilations = dilations,
       .pads_begin = dims(window.pads_begin),
       .pads_end = dims(window.pads_end)},
      attributes,
      [&](onednn::ConvolutionPlan& found) { primitive = MakeImplementation(spec.variant.implementation, found); });
  if (primitive.has_value()) return MadeConvolution{std::move(plan), *std::move(primitive)};
  return absl::UnimplementedError("oneDNN: convolution: no such vector kernel");
}

std::vector<std::shared_ptr<const Tensor>> WeightsOf(const ConvSpec& spec) {
  std::vector<std::shared_ptr<const Tensor>> parts = {spec.weights};
  for (const ConvWeights& sibling : spec.siblings) parts.push_back(sibling.weights);
  return parts;
}

// Float32 weights as the kernel wants them: blocks, or bytes. Those of siblings are joined for no longer than that.
absl::Status Pack(const ConvSpec& spec, const ByteScales& scales, const dnnl::memory::desc& wanted,
                  AlignedBuffer& packed) {
  dnnl::primitive_attr attributes;
  ASSIGN_OR_RETURN(const std::shared_ptr<const Tensor> weights, JoinChannels(WeightsOf(spec), spec.dst[1]));
  dnnl::memory from(onednn::Describe(Shape(WeightDims(spec)), Layout::kPlain), onednn::CpuEngine(),
                    const_cast<void*>(weights->data()));
  dnnl::memory to(wanted, onednn::CpuEngine(), packed.data());
  std::unordered_map<int, dnnl::memory> arguments = {{DNNL_ARG_FROM, from}, {DNNL_ARG_TO, to}};
  if (scales.to_bytes != nullptr) {
    scales.to_bytes->AddTo(attributes);
    for (const PrimitiveKernel::Operand& operand : scales.to_bytes->Operands()) {
      arguments.emplace(operand.argument,
                        dnnl::memory(operand.desc, onednn::CpuEngine(), const_cast<void*>(operand.constant)));
    }
  }
  dnnl::stream stream(onednn::CpuEngine());
  dnnl::reorder(from, to, attributes).execute(stream, arguments);
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<const Tensor>> BiasOf(const ConvSpec& spec, const ByteScales& scales) {
  if (spec.bias == nullptr || scales.bias != nullptr) return scales.bias;
  std::vector<std::shared_ptr<const Tensor>> parts = {spec.bias};
  for (const ConvWeights& sibling : spec.siblings) parts.push_back(sibling.bias);
  return JoinChannels(parts, spec.dst[1]);
}

// Bytes hold nothing but multiples of their scale: a function that bends in between must come before.
bool FitsBytes(const std::optional<Activation>& activation) {
  return !activation.has_value() || activation->kind != Activation::Kind::kSigmoid;
}

absl::StatusOr<std::shared_ptr<const Kernel>> MakeOnednnConv(const ConvSpec& spec, WeightCache& weights) {
  return onednn::Guard("convolution", [&]() -> absl::StatusOr<std::shared_ptr<const Kernel>> {
    if (IsByte(spec.dst_layout) && !FitsBytes(spec.attributes.activation)) {
      return absl::UnimplementedError("convolution to bytes: want an activation of straight lines");
    }
    ByteScales scales;
    if (IsByte(spec.src_layout)) {
      ASSIGN_OR_RETURN(scales, ScalesOf(spec));
    }
    ASSIGN_OR_RETURN(const std::shared_ptr<const Tensor> bias, BiasOf(spec, scales));
    ASSIGN_OR_RETURN(const MadeConvolution made, MakeConvolution(spec, scales));
    const dnnl::memory::desc wanted = made.plan.weights_desc();
    ASSIGN_OR_RETURN(const std::shared_ptr<const PackedWeights> packed,
                     weights.Find(WeightsOf(spec), onednn::LayoutKey(wanted), static_cast<int64_t>(wanted.get_size()),
                                  [&](AlignedBuffer& buffer) { return Pack(spec, scales, wanted, buffer); }));
    std::vector<PrimitiveKernel::Operand> operands = {
        {DNNL_ARG_SRC, made.plan.src_desc(), From::kInput},
        {DNNL_ARG_WEIGHTS, wanted, From::kConstant, 0, packed->packed.data()},
        {DNNL_ARG_DST, made.plan.dst_desc(), From::kOutput},
    };
    if (spec.bias != nullptr) {
      operands.push_back({DNNL_ARG_BIAS, made.plan.bias_desc(), From::kConstant, 0, bias->data()});
    }
    if (scales.output != nullptr) {
      for (PrimitiveKernel::Operand& operand : scales.output->Operands()) operands.push_back(std::move(operand));
    }
    return std::make_shared<const PrimitiveKernel>(
        made.primitive, std::move(operands), made.plan.scratchpad_desc(),
        std::vector<std::shared_ptr<const void>>{packed, bias, scales.output});
  });
}

}  // namespace

absl::StatusOr<std::shared_ptr<const Kernel>> MakeConv(const ConvSpec& spec, WeightCache& weights) {
  absl::StatusOr<std::shared_ptr<const Kernel>> kernel = MakeOnednnConv(spec, weights);
  const bool may_be_ours = IsWinograd(spec) && spec.variant.implementation == 0;
  return may_be_ours && absl::IsUnimplemented(kernel.status()) ? MakeLineWinograd(spec, weights) : kernel;
}

}  // namespace onebyone
