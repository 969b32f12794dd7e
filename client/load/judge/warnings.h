#pragma once

#include <string>
#include <vector>

#include "client/load/report/load_result.h"

namespace onebyone {

// What makes the figures of a run doubtful, each in a sentence: a client that was the bottleneck, calls that were never
// sent, a warm-up that did not come to rest, a run that ended early.
std::vector<std::string> WarningsOf(const LoadResult& result);

}  // namespace onebyone
