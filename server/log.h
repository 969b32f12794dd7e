#pragma once

#include <string>

namespace onebyone {

// Sends the program's log to standard error, one line an event, UTC with milliseconds. `level`: as --log-level.
void StartLog(const std::string& level);

}  // namespace onebyone
