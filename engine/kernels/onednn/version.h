#pragma once

#include <functional>
#include <oneapi/dnnl/dnnl.hpp>
#include <string>
#include <utility>
#include <vector>

#include "engine/kernels/onednn/primitive_kernel.h"

// All that differs between oneDNN 2 and oneDNN 3, in one signature: kernels are the same for both.

namespace onebyone::onednn {

#if DNNL_VERSION_MAJOR >= 3
inline constexpr bool kFactorsApplyToBias = false;
inline constexpr bool kWinogradTakesBytes = false;
#else
inline constexpr bool kFactorsApplyToBias = true;
inline constexpr bool kWinogradTakesBytes = true;
#endif

// What a primitive that computes on bytes multiplies by: a reorder all that it reads, a convolution its sums, before
// its activation. oneDNN 2 keeps them in the primitive and multiplies sum and bias; oneDNN 3 is given them at each run
// and adds the bias to the product (kFactorsApplyToBias).
class Factors {
 public:
  // `argument`: DNNL_ARG_FROM of a reorder, DNNL_ARG_WEIGHTS of a convolution. `mask`: the dimensions of that argument
  // along which they differ, a bit each.
  Factors(int argument, int mask, std::vector<float> values)
      : argument_(argument), mask_(mask), count_(static_cast<int64_t>(values.size())), values_(std::move(values)) {
    values_.resize((values_.size() + kVector - 1) / kVector * kVector);
  }

  // Of a primitive that is to be made.
  void AddTo(dnnl::primitive_attr& attributes) const;
  // Of its runs: what it must be given beside its other operands. They point into this object.
  std::vector<PrimitiveKernel::Operand> Operands() const;

 private:
  static constexpr size_t kVector = 16;  // a kernel may read whole registers

  int argument_;
  int mask_;
  int64_t count_;
  std::vector<float> values_;
};

struct Convolution {
  dnnl::algorithm algorithm;
  dnnl::memory::desc src;
  dnnl::memory::desc weights;
  const dnnl::memory::desc* bias;  // null without one
  dnnl::memory::desc dst;
  dnnl::memory::dims strides;
  dnnl::memory::dims dilations;  // gaps: 0 is dense
  dnnl::memory::dims pads_begin;
  dnnl::memory::dims pads_end;
};
using ConvolutionPlan = dnnl::convolution_forward::primitive_desc;
// The first implementation. `choose`, where there is one, may go on to others (next_impl), but only while it is called:
// oneDNN 2 finds them by the address of a descriptor that is gone afterwards.
ConvolutionPlan PlanConvolution(const Convolution& convolution, const dnnl::primitive_attr& attributes,
                                const std::function<void(ConvolutionPlan&)>& choose = nullptr);

struct Pooling {
  dnnl::algorithm algorithm;
  dnnl::memory::desc src;
  dnnl::memory::desc dst;
  dnnl::memory::dims strides;
  dnnl::memory::dims kernel;
  dnnl::memory::dims dilations;  // gaps: 0 is dense
  dnnl::memory::dims pads_begin;
  dnnl::memory::dims pads_end;
};
// oneDNN 2 has two kinds of primitives for this.
struct PoolingPlan {
  dnnl::primitive primitive;
  dnnl::memory::desc scratch;
  std::string implementation;
};
PoolingPlan PlanPooling(const Pooling& pooling, const dnnl::primitive_attr& attributes);

// Of these, the result has the layout of what is read.
dnnl::lrn_forward::primitive_desc PlanLrn(const dnnl::memory::desc& desc, int64_t size, float alpha, float beta,
                                          float bias, const dnnl::primitive_attr& attributes);
dnnl::batch_normalization_forward::primitive_desc PlanBatchNormalization(const dnnl::memory::desc& desc, float epsilon,
                                                                         dnnl::normalization_flags flags,
                                                                         const dnnl::primitive_attr& attributes);
dnnl::eltwise_forward::primitive_desc PlanEltwise(const dnnl::memory::desc& desc, const EltwiseAlgorithm& eltwise,
                                                  const dnnl::primitive_attr& attributes);

dnnl::concat::primitive_desc PlanConcat(const std::vector<dnnl::memory::desc>& parts, int axis,
                                        const dnnl::memory::desc& dst, const dnnl::primitive_attr& attributes);
dnnl::binary::primitive_desc PlanBinary(dnnl::algorithm algorithm, const dnnl::memory::desc& a,
                                        const dnnl::memory::desc& b, const dnnl::memory::desc& dst,
                                        const dnnl::primitive_attr& attributes);
dnnl::matmul::primitive_desc PlanMatmul(const dnnl::memory::desc& src, const dnnl::memory::desc& weights,
                                        const dnnl::memory::desc& dst, const dnnl::primitive_attr& attributes);
// `bias`: null without one.
dnnl::inner_product_forward::primitive_desc PlanInnerProduct(const dnnl::memory::desc& src,
                                                             const dnnl::memory::desc& weights,
                                                             const dnnl::memory::desc* bias,
                                                             const dnnl::memory::desc& dst,
                                                             const dnnl::primitive_attr& attributes);

void AppendEltwise(dnnl::post_ops& post_ops, const EltwiseAlgorithm& eltwise);

// Equal for equal layouts, and for no others.
std::string LayoutKey(const dnnl::memory::desc& desc);

// Its name in ONEDNN_MAX_CPU_ISA; "unknown" for one that is newer than this program.
std::string NameOf(dnnl::cpu_isa isa);

}  // namespace onebyone::onednn
