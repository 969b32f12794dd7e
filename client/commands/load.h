#pragma once

#include "client/commands/load_options.h"
#include "client/commands/terminal.h"

namespace onebyone {

// Puts the load on the server and reports. kDone; kFailed where the run could not be made, was cut short, or had no
// answer; kMissed where a condition of --fail-if holds, a replay's answers changed or no rate kept the objective;
// kWrongUsage.
int PutLoad(const LoadOptions& options, Terminal& terminal);

}  // namespace onebyone
