#include <string>

#include "absl/strings/match.h"
#include "engine/base/status_macros.h"
#include "engine/kernels/onednn/onednn_kernels.h"
#include "engine/kernels/onednn/primitive_kernel.h"

namespace onebyone {
namespace {

using onednn::PrimitiveKernel;
using From = PrimitiveKernel::Operand::From;

// oneDNN wants the groups as a dimension of their own.
dnnl::memory::dims WeightDims(const ConvSpec& spec) {
  const Shape& weights = spec.weights->shape();
  if (spec.attributes.groups == 1) return onednn::Dims(weights);
  return {spec.attributes.groups, weights[0] / spec.attributes.groups, weights[1], weights[2], weights[3]};
}

dnnl::convolution_forward::primitive_desc Describe(const ConvSpec& spec) {
  using Tag = dnnl::memory::format_tag;
  constexpr auto kFloat = dnnl::memory::data_type::f32;
  const Window& window = spec.attributes.window;
  const auto dims = [](const SpatialVector& vector) { return dnnl::memory::dims(vector.begin(), vector.end()); };
  dnnl::memory::dims dilations = dims(window.dilations);
  for (int64_t& dilation : dilations) --dilation;  // oneDNN counts the gaps
  const dnnl::memory::desc src = onednn::Describe(spec.src, spec.src_layout);
  const dnnl::memory::desc dst = onednn::Describe(spec.dst, spec.dst_layout);
  const dnnl::memory::desc weights(WeightDims(spec), onednn::ElementType(spec.src_layout), Tag::any);
  const dnnl::memory::desc bias({spec.dst[1]}, kFloat, Tag::a);
  const auto algorithm = spec.algorithm == ConvSpec::Algorithm::kWinograd ? dnnl::algorithm::convolution_winograd
                                                                          : dnnl::algorithm::convolution_direct;
  constexpr auto kInference = dnnl::prop_kind::forward_inference;
  const dnnl::convolution_forward::desc desc =
      spec.bias != nullptr
          ? dnnl::convolution_forward::desc(kInference, algorithm, src, weights, bias, dst, dims(window.strides),
                                            dilations, dims(window.pads_begin), dims(window.pads_end))
          : dnnl::convolution_forward::desc(kInference, algorithm, src, weights, dst, dims(window.strides), dilations,
                                            dims(window.pads_begin), dims(window.pads_end));
  dnnl::primitive_attr attributes = onednn::CallersScratch();
  if (spec.attributes.activation.has_value()) {
    dnnl::post_ops post_ops;
    onednn::AppendActivation(post_ops, *spec.attributes.activation);
    attributes.set_post_ops(post_ops);
  }
  return {desc, attributes, onednn::CpuEngine()};
}

std::string LayoutKey(const dnnl::memory::desc& desc) {
  return std::string(reinterpret_cast<const char*>(&desc.data), sizeof(desc.data));
}

}  // namespace

absl::StatusOr<std::shared_ptr<const Kernel>> MakeConv(const ConvSpec& spec, WeightCache& weights) {
  return onednn::Guard("convolution", [&]() -> absl::StatusOr<std::shared_ptr<const Kernel>> {
    const auto primitive = Describe(spec);
    if (absl::StartsWith(primitive.impl_info_str(), "ref")) {  // a thousand times slower than the others
      return absl::UnimplementedError("oneDNN: convolution: no vector kernel");
    }
    const dnnl::memory::desc wanted = primitive.weights_desc();
    ASSIGN_OR_RETURN(
        const std::shared_ptr<const PackedWeights> packed,
        weights.Find(
            spec.weights, LayoutKey(wanted), static_cast<int64_t>(wanted.get_size()), [&](AlignedBuffer& buffer) {
              const Shape grouped(WeightDims(spec));
              const dnnl::memory from(onednn::Describe(grouped, Layout::kPlain), onednn::CpuEngine(),
                                      const_cast<void*>(spec.weights->data()));
              const dnnl::memory to(wanted, onednn::CpuEngine(), buffer.data());
              dnnl::stream stream(onednn::CpuEngine());
              dnnl::reorder(from, to).execute(stream, const_cast<dnnl::memory&>(from), const_cast<dnnl::memory&>(to));
              return absl::OkStatus();
            }));
    std::vector<PrimitiveKernel::Operand> operands = {
        {DNNL_ARG_SRC, primitive.src_desc(), From::kInput},
        {DNNL_ARG_WEIGHTS, wanted, From::kConstant, 0, packed->packed.data()},
        {DNNL_ARG_DST, primitive.dst_desc(), From::kOutput},
    };
    if (spec.bias != nullptr) {
      operands.push_back({DNNL_ARG_BIAS, primitive.bias_desc(), From::kConstant, 0, spec.bias->data()});
    }
    return std::make_shared<const PrimitiveKernel>(dnnl::convolution_forward(primitive), std::move(operands),
                                                   primitive.scratchpad_desc(),
                                                   std::vector<std::shared_ptr<const void>>{packed, spec.bias});
  });
}

}  // namespace onebyone
