#pragma once

#include <string>

#include "client/load/report/load_result.h"

namespace onebyone {

// The distribution as HdrHistogram's outputPercentileDistribution prints it, in milliseconds, for its plotter and what
// else reads .hgrm files. All ticks up to the largest sample: the format knows no refused percentile. The last line
// tells one bucket and as many sub-buckets as samples, for none were put together.
std::string HgrmText(const LatencySummary& summary);

}  // namespace onebyone
