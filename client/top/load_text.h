#pragma once

#include <string>
#include <vector>

#include "client/top/server_load.h"

namespace onebyone {

// The whole view, lines of at most 100 characters. `history`: images a second of the last refreshes, oldest first,
// drawn as bars.
std::string LoadScreen(const std::string& address, const ServerLoad& load, const std::vector<double>& history);

// The same in one line for a log or a pipe, and the line above the first.
std::string LoadLineTitles();
std::string LoadLine(const ServerLoad& load, absl::Time now);

}  // namespace onebyone
