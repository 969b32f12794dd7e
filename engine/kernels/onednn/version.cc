#include "engine/kernels/onednn/version.h"

#include <algorithm>

namespace onebyone::onednn {
namespace {

constexpr auto kInference = dnnl::prop_kind::forward_inference;

#if DNNL_VERSION_MAJOR >= 3

// oneDNN 3 describes a primitive by the arguments of its constructor; attributes come last.
template <typename Primitive, typename... Arguments>
typename Primitive::primitive_desc Plan(const dnnl::primitive_attr& attributes, const Arguments&... arguments) {
  return {CpuEngine(), arguments..., attributes};
}

#else

// oneDNN 2 describes an operation first.
template <typename Primitive, typename... Arguments>
typename Primitive::primitive_desc Plan(const dnnl::primitive_attr& attributes, const Arguments&... arguments) {
  return {typename Primitive::desc(arguments...), attributes, CpuEngine()};
}

#endif

}  // namespace

#if DNNL_VERSION_MAJOR >= 3

void Factors::AddTo(dnnl::primitive_attr& attributes) const { attributes.set_scales_mask(argument_, mask_); }

std::vector<PrimitiveKernel::Operand> Factors::Operands() const {
  const dnnl::memory::desc desc({count_}, dnnl::memory::data_type::f32, dnnl::memory::format_tag::a);
  return {{DNNL_ARG_ATTR_SCALES | argument_, desc, PrimitiveKernel::Operand::From::kConstant, 0, values_.data()}};
}

ConvolutionPlan PlanConvolution(const Convolution& convolution, const dnnl::primitive_attr& attributes,
                                const std::function<void(ConvolutionPlan&)>& choose) {
  const Convolution& c = convolution;
  ConvolutionPlan plan =
      c.bias != nullptr
          ? Plan<dnnl::convolution_forward>(attributes, kInference, c.algorithm, c.src, c.weights, *c.bias, c.dst,
                                            c.strides, c.dilations, c.pads_begin, c.pads_end)
          : Plan<dnnl::convolution_forward>(attributes, kInference, c.algorithm, c.src, c.weights, c.dst, c.strides,
                                            c.dilations, c.pads_begin, c.pads_end);
  if (choose != nullptr) choose(plan);
  return plan;
}

PoolingPlan PlanPooling(const Pooling& pooling, const dnnl::primitive_attr& attributes) {
  const auto plan =
      Plan<dnnl::pooling_forward>(attributes, kInference, pooling.algorithm, pooling.src, pooling.dst, pooling.strides,
                                  pooling.kernel, pooling.dilations, pooling.pads_begin, pooling.pads_end);
  return {dnnl::pooling_forward(plan), plan.scratchpad_desc(), plan.impl_info_str()};
}

dnnl::lrn_forward::primitive_desc PlanLrn(const dnnl::memory::desc& desc, int64_t size, float alpha, float beta,
                                          float bias, const dnnl::primitive_attr& attributes) {
  return Plan<dnnl::lrn_forward>(attributes, kInference, dnnl::algorithm::lrn_across_channels, desc, desc, size, alpha,
                                 beta, bias);
}

dnnl::batch_normalization_forward::primitive_desc PlanBatchNormalization(const dnnl::memory::desc& desc, float epsilon,
                                                                         dnnl::normalization_flags flags,
                                                                         const dnnl::primitive_attr& attributes) {
  return Plan<dnnl::batch_normalization_forward>(attributes, kInference, desc, desc, epsilon, flags);
}

dnnl::eltwise_forward::primitive_desc PlanEltwise(const dnnl::memory::desc& desc, const EltwiseAlgorithm& eltwise,
                                                  const dnnl::primitive_attr& attributes) {
  return Plan<dnnl::eltwise_forward>(attributes, kInference, eltwise.algorithm, desc, desc, eltwise.alpha,
                                     eltwise.beta);
}

dnnl::concat::primitive_desc PlanConcat(const std::vector<dnnl::memory::desc>& parts, int axis,
                                        const dnnl::memory::desc& dst, const dnnl::primitive_attr& attributes) {
  return {CpuEngine(), dst, axis, parts, attributes};
}

void AppendEltwise(dnnl::post_ops& post_ops, const EltwiseAlgorithm& eltwise) {
  post_ops.append_eltwise(eltwise.algorithm, eltwise.alpha, eltwise.beta);
}

std::string LayoutKey(const dnnl::memory::desc& desc) {
  dnnl::memory::desc copy = desc;  // asking for its bytes is not const
  const std::vector<uint8_t> bytes = copy.get_blob();
  return {bytes.begin(), bytes.end()};
}

#else

void Factors::AddTo(dnnl::primitive_attr& attributes) const {
  // Of a convolution they are told by dimensions of the result.
  attributes.set_output_scales(argument_ == DNNL_ARG_WEIGHTS ? 1 << 1 : mask_,
                               std::vector<float>(values_.begin(), values_.begin() + count_));
}

std::vector<PrimitiveKernel::Operand> Factors::Operands() const { return {}; }

ConvolutionPlan PlanConvolution(const Convolution& convolution, const dnnl::primitive_attr& attributes,
                                const std::function<void(ConvolutionPlan&)>& choose) {
  const Convolution& c = convolution;
  using Desc = dnnl::convolution_forward::desc;
  const Desc desc = c.bias != nullptr ? Desc(kInference, c.algorithm, c.src, c.weights, *c.bias, c.dst, c.strides,
                                             c.dilations, c.pads_begin, c.pads_end)
                                      : Desc(kInference, c.algorithm, c.src, c.weights, c.dst, c.strides, c.dilations,
                                             c.pads_begin, c.pads_end);
  ConvolutionPlan plan(desc, attributes, CpuEngine());
  if (choose != nullptr) choose(plan);
  return plan;
}

PoolingPlan PlanPooling(const Pooling& pooling, const dnnl::primitive_attr& attributes) {
  if (std::all_of(pooling.dilations.begin(), pooling.dilations.end(), [](int64_t gap) { return gap == 0; })) {
    const auto plan =
        Plan<dnnl::pooling_forward>(attributes, kInference, pooling.algorithm, pooling.src, pooling.dst,
                                    pooling.strides, pooling.kernel, pooling.pads_begin, pooling.pads_end);
    return {dnnl::pooling_forward(plan), plan.scratchpad_desc(), plan.impl_info_str()};
  }
  const auto plan = Plan<dnnl::pooling_v2_forward>(attributes, kInference, pooling.algorithm, pooling.src, pooling.dst,
                                                   pooling.strides, pooling.kernel, pooling.dilations,
                                                   pooling.pads_begin, pooling.pads_end);
  return {dnnl::pooling_v2_forward(plan), plan.scratchpad_desc(), plan.impl_info_str()};
}

dnnl::lrn_forward::primitive_desc PlanLrn(const dnnl::memory::desc& desc, int64_t size, float alpha, float beta,
                                          float bias, const dnnl::primitive_attr& attributes) {
  return Plan<dnnl::lrn_forward>(attributes, kInference, dnnl::algorithm::lrn_across_channels, desc, size, alpha, beta,
                                 bias);
}

dnnl::batch_normalization_forward::primitive_desc PlanBatchNormalization(const dnnl::memory::desc& desc, float epsilon,
                                                                         dnnl::normalization_flags flags,
                                                                         const dnnl::primitive_attr& attributes) {
  return Plan<dnnl::batch_normalization_forward>(attributes, kInference, desc, epsilon, flags);
}

dnnl::eltwise_forward::primitive_desc PlanEltwise(const dnnl::memory::desc& desc, const EltwiseAlgorithm& eltwise,
                                                  const dnnl::primitive_attr& attributes) {
  return Plan<dnnl::eltwise_forward>(attributes, kInference, eltwise.algorithm, desc, eltwise.alpha, eltwise.beta);
}

dnnl::concat::primitive_desc PlanConcat(const std::vector<dnnl::memory::desc>& parts, int axis,
                                        const dnnl::memory::desc& dst, const dnnl::primitive_attr& attributes) {
  return {dst, axis, parts, CpuEngine(), attributes};
}

void AppendEltwise(dnnl::post_ops& post_ops, const EltwiseAlgorithm& eltwise) {
  post_ops.append_eltwise(1.0F, eltwise.algorithm, eltwise.alpha, eltwise.beta);
}

std::string LayoutKey(const dnnl::memory::desc& desc) {
  return std::string(reinterpret_cast<const char*>(&desc.data), sizeof(desc.data));
}

#endif

dnnl::binary::primitive_desc PlanBinary(dnnl::algorithm algorithm, const dnnl::memory::desc& a,
                                        const dnnl::memory::desc& b, const dnnl::memory::desc& dst,
                                        const dnnl::primitive_attr& attributes) {
  return Plan<dnnl::binary>(attributes, algorithm, a, b, dst);
}

dnnl::matmul::primitive_desc PlanMatmul(const dnnl::memory::desc& src, const dnnl::memory::desc& weights,
                                        const dnnl::memory::desc& dst, const dnnl::primitive_attr& attributes) {
  return Plan<dnnl::matmul>(attributes, src, weights, dst);
}

dnnl::inner_product_forward::primitive_desc PlanInnerProduct(const dnnl::memory::desc& src,
                                                             const dnnl::memory::desc& weights,
                                                             const dnnl::memory::desc* bias,
                                                             const dnnl::memory::desc& dst,
                                                             const dnnl::primitive_attr& attributes) {
  if (bias == nullptr) return Plan<dnnl::inner_product_forward>(attributes, kInference, src, weights, dst);
  return Plan<dnnl::inner_product_forward>(attributes, kInference, src, weights, *bias, dst);
}

std::string NameOf(dnnl::cpu_isa isa) {
  switch (isa) {
    case dnnl::cpu_isa::sse41: return "SSE41";
    case dnnl::cpu_isa::avx: return "AVX";
    case dnnl::cpu_isa::avx2: return "AVX2";
    case dnnl::cpu_isa::avx2_vnni: return "AVX2_VNNI";
    case dnnl::cpu_isa::avx512_core: return "AVX512_CORE";
    case dnnl::cpu_isa::avx512_core_vnni: return "AVX512_CORE_VNNI";
    case dnnl::cpu_isa::avx512_core_bf16: return "AVX512_CORE_BF16";
    case dnnl::cpu_isa::avx512_core_amx: return "AVX512_CORE_AMX";
#if DNNL_VERSION_MAJOR >= 3
    case dnnl::cpu_isa::avx2_vnni_2: return "AVX2_VNNI_2";
    case dnnl::cpu_isa::avx512_core_fp16: return "AVX512_CORE_FP16";
    case dnnl::cpu_isa::avx512_core_amx_fp16: return "AVX512_CORE_AMX_FP16";
#endif
    default: return "unknown";
  }
}

}  // namespace onebyone::onednn
