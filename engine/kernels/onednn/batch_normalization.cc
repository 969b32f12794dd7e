#include <cstring>

#include "engine/base/status_macros.h"
#include "engine/kernels/onednn/onednn_kernels.h"
#include "engine/kernels/onednn/primitive_kernel.h"
#include "engine/kernels/onednn/version.h"

namespace onebyone {

using onednn::PrimitiveKernel;
using From = PrimitiveKernel::Operand::From;

absl::StatusOr<std::shared_ptr<const Kernel>> MakeBatchNormalization(float epsilon, const Shape& shape, Layout layout,
                                                                     const Tensor& scale, const Tensor& bias,
                                                                     const Tensor& mean, const Tensor& variance) {
  const int64_t channels = shape[1];
  // One buffer for all four, each padded to whole blocks as oneDNN reads them.
  const int64_t padded = (channels + ChannelBlock() - 1) / ChannelBlock() * ChannelBlock();
  ASSIGN_OR_RETURN(Tensor numbers, Tensor::Create(DataType::kFloat32, {4, padded}));
  const Tensor* sources[] = {&scale, &bias, &mean, &variance};
  for (int i = 0; i < 4; ++i) {
    std::memcpy(numbers.As<float>() + i * padded, sources[i]->data(), static_cast<size_t>(channels) * sizeof(float));
  }
  const auto owned = std::make_shared<const Tensor>(std::move(numbers));
  return onednn::Guard("batch normalization", [&]() -> absl::StatusOr<std::shared_ptr<const Kernel>> {
    const dnnl::memory::desc desc = onednn::Describe(shape, layout);
    const auto flags = dnnl::normalization_flags::use_global_stats | dnnl::normalization_flags::use_scale |
                       dnnl::normalization_flags::use_shift;
    const auto primitive = onednn::PlanBatchNormalization(desc, epsilon, flags, onednn::CallersScratch());
    const dnnl::memory::desc vector({channels}, dnnl::memory::data_type::f32, dnnl::memory::format_tag::a);
    const auto* first = owned->As<float>();
    return std::make_shared<const PrimitiveKernel>(
        dnnl::batch_normalization_forward(primitive),
        std::vector<PrimitiveKernel::Operand>{{DNNL_ARG_SRC, desc, From::kInput},
                                              {DNNL_ARG_SCALE, vector, From::kConstant, 0, first},
                                              {DNNL_ARG_SHIFT, vector, From::kConstant, 0, first + padded},
                                              {DNNL_ARG_MEAN, vector, From::kConstant, 0, first + 2 * padded},
                                              {DNNL_ARG_VARIANCE, vector, From::kConstant, 0, first + 3 * padded},
                                              {DNNL_ARG_DST, desc, From::kOutput}},
        primitive.scratchpad_desc(), std::vector<std::shared_ptr<const void>>{owned});
  });
}

}  // namespace onebyone
