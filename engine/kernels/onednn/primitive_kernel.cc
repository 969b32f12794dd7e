#include "engine/kernels/onednn/primitive_kernel.h"

#include <limits>
#include <unordered_map>

#include "absl/strings/str_cat.h"
#include "engine/kernels/onednn/version.h"

namespace onebyone::onednn {
namespace {

class BoundPrimitive : public BoundKernel {
 public:
  BoundPrimitive(const dnnl::primitive& primitive, std::unordered_map<int, dnnl::memory> arguments)
      : primitive_(primitive), stream_(CpuEngine()), arguments_(std::move(arguments)) {}

  absl::Status Run() override {
    try {
      primitive_.execute(stream_, arguments_);
    } catch (const dnnl::error& error) {
      return ToStatus("run", error);
    }
    return absl::OkStatus();
  }

 private:
  const dnnl::primitive primitive_;
  dnnl::stream stream_;
  const std::unordered_map<int, dnnl::memory> arguments_;
};

}  // namespace

const dnnl::engine& CpuEngine() {
  static const auto* engine = new dnnl::engine(dnnl::engine::kind::cpu, 0);
  return *engine;
}

dnnl::memory::dims Dims(const Shape& shape) { return {shape.extents().begin(), shape.extents().end()}; }

dnnl::memory::data_type ElementType(Layout layout) {
  switch (layout) {
    case Layout::kPlainBFloat16:
    case Layout::kBlockedBFloat16: return dnnl::memory::data_type::bf16;
    case Layout::kChannelsLastUInt8:
    case Layout::kChannelsLastCompanded: return dnnl::memory::data_type::u8;
    case Layout::kChannelsLastInt8: return dnnl::memory::data_type::s8;
    default: return dnnl::memory::data_type::f32;
  }
}

dnnl::memory::desc Describe(const Shape& shape, Layout layout) {
  using Tag = dnnl::memory::format_tag;
  constexpr Tag kPlainTags[] = {Tag::undef, Tag::a, Tag::ab, Tag::abc, Tag::abcd, Tag::abcde, Tag::abcdef};
  const Tag blocked = ChannelBlock() == 16 ? Tag::nChw16c : Tag::nChw8c;
  const bool channels_last = layout == Layout::kChannelsLast || IsByte(layout);
  const Tag tag = channels_last ? Tag::nhwc : IsBlocked(layout) ? blocked : kPlainTags[shape.rank()];
  return {Dims(shape), ElementType(layout), tag};
}

absl::Status ToStatus(const char* what, const dnnl::error& error) {
  const std::string message = absl::StrCat("oneDNN: ", what, ": ", error.what());
  switch (error.status) {
    case dnnl_unimplemented:
    case dnnl_invalid_arguments: return absl::UnimplementedError(message);
    case dnnl_out_of_memory: return absl::ResourceExhaustedError(message);
    default: return absl::InternalError(message);
  }
}

absl::StatusOr<std::unique_ptr<BoundKernel>> PrimitiveKernel::Bind(absl::Span<const void* const> inputs,
                                                                   absl::Span<void* const> outputs,
                                                                   void* scratch) const {
  return Guard("bind", [&]() -> absl::StatusOr<std::unique_ptr<BoundKernel>> {
    std::unordered_map<int, dnnl::memory> arguments;
    for (const Operand& operand : operands_) {
      const void* data = operand.constant;
      if (operand.from == Operand::From::kInput) data = inputs[operand.index];
      if (operand.from == Operand::From::kOutput) data = outputs[operand.index];
      arguments.emplace(operand.argument, dnnl::memory(operand.desc, CpuEngine(), const_cast<void*>(data)));
    }
    if (scratch_.get_size() > 0) {
      arguments.emplace(DNNL_ARG_SCRATCHPAD, dnnl::memory(scratch_, CpuEngine(), scratch));
    }
    return std::make_unique<BoundPrimitive>(primitive_, std::move(arguments));
  });
}

dnnl::primitive_attr CallersScratch() {
  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  return attributes;
}

EltwiseAlgorithm AlgorithmOf(const Activation& activation) {
  switch (activation.kind) {
    case Activation::Kind::kLeakyRelu: return {dnnl::algorithm::eltwise_relu, activation.slope, 0.0F};
    case Activation::Kind::kSigmoid: return {dnnl::algorithm::eltwise_logistic, 0.0F, 0.0F};
    case Activation::Kind::kClip: {
      constexpr float kLargest = std::numeric_limits<float>::max();
      return {dnnl::algorithm::eltwise_clip, std::max(activation.low, -kLargest), std::min(activation.high, kLargest)};
    }
    case Activation::Kind::kRelu: break;
  }
  return {dnnl::algorithm::eltwise_relu, 0.0F, 0.0F};
}

void AppendActivation(dnnl::post_ops& post_ops, const Activation& activation) {
  AppendEltwise(post_ops, AlgorithmOf(activation));
}

}  // namespace onebyone::onednn
