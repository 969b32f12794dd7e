#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/kernels/onednn/onednn_kernels.h"
#include "engine/kernels/onednn/primitive_kernel.h"
#include "engine/kernels/onednn/version.h"

namespace onebyone {

using onednn::PrimitiveKernel;
using From = PrimitiveKernel::Operand::From;

absl::StatusOr<std::shared_ptr<const Kernel>> MakeLrn(const LrnAttributes& attributes, const Shape& shape,
                                                      Layout layout) {
  if (attributes.size % 2 == 0) {  // oneDNN's window is always centred
    return absl::UnimplementedError(absl::StrCat("oneDNN: LRN: want an odd size, got ", attributes.size));
  }
  return onednn::Guard("LRN", [&]() -> absl::StatusOr<std::shared_ptr<const Kernel>> {
    const dnnl::memory::desc desc = onednn::Describe(shape, layout);
    const auto primitive = onednn::PlanLrn(desc, attributes.size, attributes.alpha, attributes.beta, attributes.bias,
                                           onednn::CallersScratch());
    return std::make_shared<const PrimitiveKernel>(
        dnnl::lrn_forward(primitive),
        std::vector<PrimitiveKernel::Operand>{{DNNL_ARG_SRC, desc, From::kInput},
                                              {DNNL_ARG_DST, primitive.dst_desc(), From::kOutput}},
        primitive.scratchpad_desc());
  });
}

}  // namespace onebyone
