#pragma once

#include <string>

#include "absl/time/time.h"
#include "client/client_options.h"
#include "client/commands/terminal.h"

namespace onebyone {

struct HealthOptions {
  ClientOptions client;
  std::string service;                         // "": the whole server
  absl::Duration wait = absl::ZeroDuration();  // how long to ask again until it serves
};

// Prints the state on standard output, one word: SERVING, NOT_SERVING, UNKNOWN, SERVICE_UNKNOWN (no such service) or
// UNREACHABLE (no answer; why is told on standard error). kDone only for SERVING.
int ShowHealth(const HealthOptions& options, Terminal& terminal);

}  // namespace onebyone
