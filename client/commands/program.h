#pragma once

#include <string>
#include <vector>

#include "client/commands/terminal.h"

namespace onebyone {

// The program `onebyone`, with `arguments` as typed behind its name. Returns its exit code: kDone, kFailed where
// something failed in part or whole (each failure is named on terminal.err), kWrongUsage for a command line that makes
// no sense.
int RunProgram(const std::vector<std::string>& arguments, Terminal& terminal);

}  // namespace onebyone
