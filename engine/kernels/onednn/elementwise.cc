#include "engine/kernels/onednn/onednn_kernels.h"
#include "engine/kernels/onednn/primitive_kernel.h"
#include "engine/kernels/onednn/version.h"

namespace onebyone {

using onednn::PrimitiveKernel;
using From = PrimitiveKernel::Operand::From;

absl::StatusOr<std::shared_ptr<const Kernel>> MakeActivation(const Activation& activation, const Shape& shape,
                                                             Layout layout) {
  return onednn::Guard("activation", [&]() -> absl::StatusOr<std::shared_ptr<const Kernel>> {
    const dnnl::memory::desc desc = onednn::Describe(shape, layout);
    const auto primitive = onednn::PlanEltwise(desc, onednn::AlgorithmOf(activation), onednn::CallersScratch());
    return std::make_shared<const PrimitiveKernel>(
        dnnl::eltwise_forward(primitive),
        std::vector<PrimitiveKernel::Operand>{{DNNL_ARG_SRC, desc, From::kInput}, {DNNL_ARG_DST, desc, From::kOutput}},
        primitive.scratchpad_desc());
  });
}

absl::StatusOr<std::shared_ptr<const Kernel>> MakeBinary(BinaryOp op, const Shape& a, const Shape& b, Layout layout) {
  return onednn::Guard("binary", [&]() -> absl::StatusOr<std::shared_ptr<const Kernel>> {
    const dnnl::memory::desc desc_a = onednn::Describe(a, layout);
    const dnnl::memory::desc desc_b = onednn::Describe(b, layout);
    const auto algorithm = op == BinaryOp::kAdd ? dnnl::algorithm::binary_add : dnnl::algorithm::binary_mul;
    const auto primitive = onednn::PlanBinary(algorithm, desc_a, desc_b, desc_a, onednn::CallersScratch());
    return std::make_shared<const PrimitiveKernel>(
        dnnl::binary(primitive),
        std::vector<PrimitiveKernel::Operand>{{DNNL_ARG_SRC_0, desc_a, From::kInput, 0},
                                              {DNNL_ARG_SRC_1, desc_b, From::kInput, 1},
                                              {DNNL_ARG_DST, desc_a, From::kOutput}},
        primitive.scratchpad_desc());
  });
}

}  // namespace onebyone
