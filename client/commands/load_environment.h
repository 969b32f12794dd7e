#pragma once

#include <string>

#include "client/load/report/load_result.h"

namespace onebyone {

// This program, this machine and, as far as it told, the server.
LoadEnvironment DescribeEnvironment(const std::string& server_version);

}  // namespace onebyone
