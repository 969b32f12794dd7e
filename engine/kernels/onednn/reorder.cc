#include "engine/kernels/onednn/onednn_kernels.h"
#include "engine/kernels/onednn/primitive_kernel.h"

namespace onebyone {

using onednn::PrimitiveKernel;
using From = PrimitiveKernel::Operand::From;

absl::StatusOr<std::shared_ptr<const Kernel>> MakeReorder(const Shape& shape, Layout from, Layout to, float scale) {
  return onednn::Guard("reorder", [&]() -> absl::StatusOr<std::shared_ptr<const Kernel>> {
    const dnnl::memory::desc src = onednn::Describe(shape, from);
    const dnnl::memory::desc dst = onednn::Describe(shape, to);
    dnnl::primitive_attr attributes = onednn::CallersScratch();
    if (IsByte(from) != IsByte(to)) attributes.set_output_scales(0, {IsByte(from) ? scale : 1.0F / scale});
    const dnnl::reorder::primitive_desc primitive(onednn::CpuEngine(), src, onednn::CpuEngine(), dst, attributes);
    return std::make_shared<const PrimitiveKernel>(
        dnnl::reorder(primitive),
        std::vector<PrimitiveKernel::Operand>{{DNNL_ARG_FROM, src, From::kInput}, {DNNL_ARG_TO, dst, From::kOutput}},
        primitive.scratchpad_desc());
  });
}

}  // namespace onebyone
