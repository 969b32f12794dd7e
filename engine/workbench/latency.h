#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/runtime/executor.h"
#include "engine/tensor/tensor.h"

namespace onebyone {

// How long runs of one thing took.
struct Latency {
  double min_ms = 0;
  double p50_ms = 0;
  double p95_ms = 0;
};

// Percentile q is the value at index floor(q * n) of the sorted times. `times_ms` must not be empty.
Latency Summarize(std::vector<double> times_ms);

// Numbers in [-1, 1) that are the same on every machine.
absl::StatusOr<Tensor> SeededTensor(const Shape& shape, uint64_t seed);

// Runs the executor's current plan once on a copy of `input` and returns the milliseconds of Executor::Run alone.
absl::StatusOr<double> TimeRun(Executor& executor, const Tensor& input);

}  // namespace onebyone
