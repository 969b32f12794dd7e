#include "engine/kernels/onednn/onednn_kernels.h"
#include "engine/kernels/onednn/primitive_kernel.h"
#include "engine/kernels/onednn/version.h"

namespace onebyone {

using onednn::PrimitiveKernel;
using From = PrimitiveKernel::Operand::From;

absl::StatusOr<std::shared_ptr<const Kernel>> MakeConcat(const std::vector<Shape>& parts, const Shape& dst,
                                                         Layout layout) {
  return onednn::Guard("concat", [&]() -> absl::StatusOr<std::shared_ptr<const Kernel>> {
    std::vector<dnnl::memory::desc> descs;
    std::vector<PrimitiveKernel::Operand> operands;
    for (size_t i = 0; i < parts.size(); ++i) {
      descs.push_back(onednn::Describe(parts[i], layout));
      operands.push_back(
          {DNNL_ARG_MULTIPLE_SRC + static_cast<int>(i), descs.back(), From::kInput, static_cast<int>(i)});
    }
    const dnnl::memory::desc desc = onednn::Describe(dst, layout);
    const auto primitive = onednn::PlanConcat(descs, /*axis=*/1, desc, onednn::CallersScratch());
    operands.push_back({DNNL_ARG_DST, desc, From::kOutput});
    return std::make_shared<const PrimitiveKernel>(dnnl::concat(primitive), std::move(operands),
                                                   primitive.scratchpad_desc());
  });
}

}  // namespace onebyone
