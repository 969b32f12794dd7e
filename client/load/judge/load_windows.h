#pragma once

#include <cstdint>
#include <vector>

#include "client/load/measure/latencies.h"
#include "client/load/measure/sample_log.h"
#include "client/load/report/load_result.h"

namespace onebyone {

// The measured time in equal windows, some tens of them, each at least a second unless the time is short. Calls belong
// to the window in which they were due, answers (achieved_per_s) to the one in which they came. Percentiles are exact
// and absent where a window has too few calls.
std::vector<LoadWindow> CutIntoWindows(const SampleLog& log, LatencyFrom from, uint64_t measured_ticks);

}  // namespace onebyone
