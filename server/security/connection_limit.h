#pragma once

#include <string>
#include <vector>

#include "server/connections.h"
#include "server/security/ticker.h"

namespace onebyone {

// Raises the process's limit of open files as far as it may, and returns how many connections a port may have under
// it: `wanted`, or half of the files where that is less, for more may come in between two looks.
//
// gRPC 1.51 never listens again once it could not accept a connection for want of a file: a flood would make the
// server deaf for good.
int AffordableConnections(int wanted);

// Looks four times a second at the connections of each address, and closes those beyond `most`, the newest first. gRPC
// 1.51 has no limit of its own. Those that were there before keep being served.
class ConnectionLimit {
 public:
  // `addresses`: HOST:PORT with the real port, or unix:PATH.
  ConnectionLimit(int most, const std::vector<std::string>& addresses);

 private:
  void Look();

  const int most_;
  std::vector<Connections> ports_;
  Ticker ticker_;  // last: it looks at all the others
};

}  // namespace onebyone
