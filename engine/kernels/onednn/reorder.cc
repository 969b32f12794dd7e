#include "engine/kernels/onednn/onednn_kernels.h"
#include "engine/kernels/onednn/primitive_kernel.h"

namespace onebyone {

using onednn::PrimitiveKernel;
using From = PrimitiveKernel::Operand::From;

absl::StatusOr<std::shared_ptr<const Kernel>> MakeReorder(const Shape& shape, Layout from, Layout to) {
  return onednn::Guard("reorder", [&]() -> absl::StatusOr<std::shared_ptr<const Kernel>> {
    const dnnl::memory::desc src = onednn::Describe(shape, from);
    const dnnl::memory::desc dst = onednn::Describe(shape, to);
    const dnnl::reorder::primitive_desc primitive(onednn::CpuEngine(), src, onednn::CpuEngine(), dst,
                                                  onednn::CallersScratch());
    return std::make_shared<const PrimitiveKernel>(
        dnnl::reorder(primitive),
        std::vector<PrimitiveKernel::Operand>{{DNNL_ARG_FROM, src, From::kInput}, {DNNL_ARG_TO, dst, From::kOutput}},
        primitive.scratchpad_desc());
  });
}

}  // namespace onebyone
