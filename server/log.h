#pragma once

#include <string>

#include "server/observability/observability_options.h"

namespace onebyone {

// Sends the program's log to standard error, one line an event, UTC with milliseconds. `level`: as --log-level.
void StartLog(const std::string& level, LogFormat format = LogFormat::kText);

}  // namespace onebyone
