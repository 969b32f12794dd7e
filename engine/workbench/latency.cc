#include "engine/workbench/latency.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <random>

#include "engine/base/status_macros.h"

namespace onebyone {

Latency Summarize(std::vector<double> times_ms) {
  std::sort(times_ms.begin(), times_ms.end());
  const auto at = [&](double share) {
    const auto index = static_cast<size_t>(share * static_cast<double>(times_ms.size()));
    return times_ms[std::min(index, times_ms.size() - 1)];
  };
  return {.min_ms = times_ms.front(), .p50_ms = at(0.5), .p95_ms = at(0.95)};
}

absl::StatusOr<Tensor> SeededTensor(const Shape& shape, uint64_t seed) {
  ASSIGN_OR_RETURN(Tensor tensor, Tensor::Create(DataType::kFloat32, shape));
  std::mt19937 generator(static_cast<uint32_t>(seed));  // its numbers are fixed by the standard; distributions are not
  std::generate_n(tensor.As<float>(), tensor.elements(),
                  [&] { return static_cast<float>(generator() >> 8) * (2.0F / (1 << 24)) - 1.0F; });
  return tensor;
}

absl::StatusOr<double> TimeRun(Executor& executor, const Tensor& input) {
  std::memcpy(executor.Input().data, input.data(), input.bytes());
  const auto start = std::chrono::steady_clock::now();
  RETURN_IF_ERROR(executor.Run(nullptr));
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace onebyone
