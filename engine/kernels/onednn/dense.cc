#include <string>

#include "engine/base/status_macros.h"
#include "engine/kernels/onednn/onednn_kernels.h"
#include "engine/kernels/onednn/primitive_kernel.h"
#include "engine/kernels/onednn/version.h"

namespace onebyone {

using onednn::PrimitiveKernel;
using From = PrimitiveKernel::Operand::From;

absl::StatusOr<std::shared_ptr<const Kernel>> MakeDense(int64_t rows, const std::shared_ptr<const Tensor>& weights,
                                                        bool transposed, const std::shared_ptr<const Tensor>& bias,
                                                        Layout src_layout, WeightCache& cache) {
  return onednn::Guard("inner product", [&]() -> absl::StatusOr<std::shared_ptr<const Kernel>> {
    using Tag = dnnl::memory::format_tag;
    constexpr auto kFloat = dnnl::memory::data_type::f32;
    const int64_t in = weights->shape()[transposed ? 0 : 1];
    const int64_t out = weights->shape()[transposed ? 1 : 0];
    const auto element = onednn::ElementType(src_layout);
    const dnnl::memory::desc src({rows, in}, element, Tag::ab);
    const dnnl::memory::desc dst({rows, out}, kFloat, Tag::ab);
    const dnnl::memory::desc any({out, in}, element, Tag::any);
    const dnnl::memory::desc bias_desc({out}, kFloat, Tag::a);
    const auto primitive =
        onednn::PlanInnerProduct(src, any, bias != nullptr ? &bias_desc : nullptr, dst, onednn::CallersScratch());
    const dnnl::memory::desc wanted = primitive.weights_desc();
    const std::string key = onednn::LayoutKey(wanted);
    ASSIGN_OR_RETURN(const std::shared_ptr<const PackedWeights> packed,
                     cache.Find({weights}, key, static_cast<int64_t>(wanted.get_size()), [&](AlignedBuffer& buffer) {
                       const dnnl::memory::desc plain({out, in}, kFloat, transposed ? Tag::ba : Tag::ab);
                       dnnl::memory from(plain, onednn::CpuEngine(), const_cast<void*>(weights->data()));
                       dnnl::memory to(wanted, onednn::CpuEngine(), buffer.data());
                       dnnl::stream stream(onednn::CpuEngine());
                       dnnl::reorder(from, to).execute(stream, from, to);
                       return absl::OkStatus();
                     }));
    std::vector<PrimitiveKernel::Operand> operands = {
        {DNNL_ARG_SRC, src, From::kInput},
        {DNNL_ARG_WEIGHTS, wanted, From::kConstant, 0, packed->packed.data()},
        {DNNL_ARG_DST, dst, From::kOutput},
    };
    if (bias != nullptr) operands.push_back({DNNL_ARG_BIAS, bias_desc, From::kConstant, 0, bias->data()});
    return std::make_shared<const PrimitiveKernel>(dnnl::inner_product_forward(primitive), std::move(operands),
                                                   primitive.scratchpad_desc(),
                                                   std::vector<std::shared_ptr<const void>>{packed, bias});
  });
}

}  // namespace onebyone
