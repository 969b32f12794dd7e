#include "absl/strings/match.h"
#include "engine/kernels/onednn/onednn_kernels.h"
#include "engine/kernels/onednn/primitive_kernel.h"
#include "engine/kernels/onednn/version.h"

namespace onebyone {

using onednn::PrimitiveKernel;
using From = PrimitiveKernel::Operand::From;

absl::StatusOr<std::shared_ptr<const Kernel>> MakePool(const PoolSpec& spec) {
  return onednn::Guard("pooling", [&]() -> absl::StatusOr<std::shared_ptr<const Kernel>> {
    const Window& window = spec.window;
    const auto dims = [](const SpatialVector& vector) { return dnnl::memory::dims(vector.begin(), vector.end()); };
    dnnl::memory::dims pads_end(2);
    dnnl::memory::dims dilations(2);
    for (int axis = 0; axis < 2; ++axis) {
      dilations[axis] = window.dilations[axis] - 1;
      const int64_t reach = dilations[axis] * (window.kernel[axis] - 1) + window.kernel[axis];
      // What the last window needs behind the input: more than the pads say with ceil_mode, less where rows are left
      // over.
      pads_end[axis] =
          (spec.dst[2 + axis] - 1) * window.strides[axis] + reach - spec.src[2 + axis] - window.pads_begin[axis];
    }
    auto algorithm = dnnl::algorithm::pooling_max;
    if (spec.kind == PoolSpec::Kind::kAverageWithPadding) algorithm = dnnl::algorithm::pooling_avg_include_padding;
    if (spec.kind == PoolSpec::Kind::kAverageWithoutPadding) algorithm = dnnl::algorithm::pooling_avg_exclude_padding;
    const dnnl::memory::desc src = onednn::Describe(spec.src, spec.layout);
    const dnnl::memory::desc dst = onednn::Describe(spec.dst, spec.layout);
    const onednn::PoolingPlan plan = onednn::PlanPooling({.algorithm = algorithm,
                                                          .src = src,
                                                          .dst = dst,
                                                          .strides = dims(window.strides),
                                                          .kernel = dims(window.kernel),
                                                          .dilations = dilations,
                                                          .pads_begin = dims(window.pads_begin),
                                                          .pads_end = pads_end},
                                                         onednn::CallersScratch());
    const bool is_dense = dilations[0] == 0 && dilations[1] == 0;
    if (is_dense && IsByte(spec.layout) && absl::StartsWith(plan.implementation, "ref")) {
      return absl::UnimplementedError("oneDNN: pooling: no vector kernel");
    }
    return std::make_shared<const PrimitiveKernel>(
        plan.primitive,
        std::vector<PrimitiveKernel::Operand>{{DNNL_ARG_SRC, src, From::kInput}, {DNNL_ARG_DST, dst, From::kOutput}},
        plan.scratch);
  });
}

}  // namespace onebyone
