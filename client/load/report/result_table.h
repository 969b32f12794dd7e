#pragma once

#include <string>

#include "client/load/report/load_result.h"

namespace onebyone {

// All that a run found, as text for a terminal.
std::string ResultTable(const LoadResult& result);

}  // namespace onebyone
