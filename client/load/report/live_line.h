#pragma once

#include <string>

#include "client/load/report/load_progress.h"

namespace onebyone {

// How a run goes, in one line of less than `columns` characters; what matters less is left out where it is narrow:
// "measuring 12.0 s, 0:48 left  198.7/s of 200.0/s  p50 4.1 p99 12.9 ms  3 errors  8 in the air  2 late".
std::string LiveLine(const LoadProgress& progress, int columns);

}  // namespace onebyone
