#pragma once

#include <string>

#include "absl/time/time.h"
#include "client/commands/terminal.h"

namespace onebyone {

struct TopOptions {
  std::string metrics = "127.0.0.1:8002";  // HOST:PORT of the server's --metrics-listen
  absl::Duration interval = absl::Seconds(1);
  int count = 0;      // refreshes; 0: until Ctrl-C
  bool once = false;  // one whole view, then the end
};

// Shows what a server does, by its Prometheus endpoint: the whole view again and again on a terminal, a line each time
// elsewhere. kDone after `count` refreshes or Ctrl-C. kFailed, and why on standard error, where the endpoint does not
// answer at first, or at last with a count; once it has answered, a server that is away is waited for.
int ShowTop(const TopOptions& options, Terminal& terminal);

}  // namespace onebyone
