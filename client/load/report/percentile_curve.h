#pragma once

#include <cstdint>
#include <vector>

#include "absl/functional/function_ref.h"
#include "client/load/report/load_result.h"

namespace onebyone {

// The percentile distribution of `count` samples at HdrHistogram's ticks: five for each halving of the distance to
// 100 %, the last at 100. `value_at(rank)`: the sample of that rank in milliseconds, from 1 (least) to count (largest).
// Empty where count is 0.
std::vector<CurvePoint> PercentileCurve(int64_t count, absl::FunctionRef<double(int64_t)> value_at);

}  // namespace onebyone
