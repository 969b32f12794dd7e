#include "engine/kernels/onednn/onednn_kernels.h"
#include "engine/kernels/onednn/primitive_kernel.h"
#include "engine/kernels/onednn/version.h"

namespace onebyone {

using onednn::PrimitiveKernel;
using From = PrimitiveKernel::Operand::From;

absl::StatusOr<std::shared_ptr<const Kernel>> MakeReorder(const Shape& shape, Layout from, Layout to, float scale) {
  return onednn::Guard("reorder", [&]() -> absl::StatusOr<std::shared_ptr<const Kernel>> {
    const dnnl::memory::desc src = onednn::Describe(shape, from);
    const dnnl::memory::desc dst = onednn::Describe(shape, to);
    dnnl::primitive_attr attributes = onednn::CallersScratch();
    std::shared_ptr<const onednn::Factors> factors;
    std::vector<PrimitiveKernel::Operand> operands = {{DNNL_ARG_FROM, src, From::kInput},
                                                      {DNNL_ARG_TO, dst, From::kOutput}};
    if (IsByte(from) != IsByte(to)) {
      factors = std::make_shared<const onednn::Factors>(DNNL_ARG_FROM, /*mask=*/0,
                                                        std::vector<float>{IsByte(from) ? scale : 1.0F / scale});
      factors->AddTo(attributes);
      for (PrimitiveKernel::Operand& operand : factors->Operands()) operands.push_back(std::move(operand));
    }
    const dnnl::reorder::primitive_desc primitive(onednn::CpuEngine(), src, onednn::CpuEngine(), dst, attributes);
    return std::make_shared<const PrimitiveKernel>(dnnl::reorder(primitive), std::move(operands),
                                                   primitive.scratchpad_desc(),
                                                   std::vector<std::shared_ptr<const void>>{factors});
  });
}

}  // namespace onebyone
