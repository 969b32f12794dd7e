#include "engine/kernels/onednn/bfloat16_speed.h"

#include <algorithm>

#include "absl/time/time.h"
#include "engine/base/steady_time.h"
#include "engine/kernels/onednn/layout.h"
#include "engine/kernels/onednn/primitive_kernel.h"
#include "engine/kernels/onednn/threads.h"
#include "engine/kernels/onednn/version.h"

namespace onebyone {
namespace {

using dnnl::memory;

constexpr int kRuns = 5;

// The least time of a 3x3 convolution, 64 to 64 channels at 28x28: 29 million multiply-adds, small enough for the
// second level of cache, so that the arithmetic decides.
absl::Duration LeastTime(memory::data_type type) {
  const memory::desc pixels({1, 64, 28, 28}, type, memory::format_tag::any);
  const memory::desc weights({64, 64, 3, 3}, type, memory::format_tag::any);
  const onednn::ConvolutionPlan plan = onednn::PlanConvolution({.algorithm = dnnl::algorithm::convolution_direct,
                                                                .src = pixels,
                                                                .weights = weights,
                                                                .bias = nullptr,
                                                                .dst = pixels,
                                                                .strides = {1, 1},
                                                                .dilations = {0, 0},
                                                                .pads_begin = {1, 1},
                                                                .pads_end = {1, 1}},
                                                               dnnl::primitive_attr());
  memory source(plan.src_desc(), onednn::CpuEngine());
  memory kernel(plan.weights_desc(), onednn::CpuEngine());
  memory result(plan.dst_desc(), onednn::CpuEngine());
  // Zero bytes are zero in every type; no denormal numbers slow one side down.
  for (const memory* each : {&source, &kernel, &result}) {
    std::fill_n(static_cast<char*>(each->get_data_handle()), each->get_desc().get_size(), char{0});
  }
  dnnl::stream stream(onednn::CpuEngine());
  const dnnl::convolution_forward run(plan);
  absl::Duration least = absl::InfiniteDuration();
  for (int i = 0; i < kRuns; ++i) {
    const absl::Time start = SteadyNow();
    run.execute(stream, {{DNNL_ARG_SRC, source}, {DNNL_ARG_WEIGHTS, kernel}, {DNNL_ARG_DST, result}});
    stream.wait();
    least = std::min(least, SteadyNow() - start);
  }
  return least;
}

}  // namespace

bool IsBFloat16Faster() {
  static const bool is_faster = [] {
    if (!HasBFloat16()) return false;
    const ScopedThreads one(1);
    try {
      return LeastTime(memory::data_type::bf16) < LeastTime(memory::data_type::f32);
    } catch (const dnnl::error&) {
      return false;  // what cannot be timed is not chosen
    }
  }();
  return is_faster;
}

}  // namespace onebyone
