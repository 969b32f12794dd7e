#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "absl/strings/string_view.h"

namespace onebyone {

// The sockets of this process that belong to one listening address: gRPC (1.51) cannot stop listening, nor let go
// single connections, without ending calls that arrive at that moment. Linux can: a socket that is shut down for
// reading stops listening, and a connection that is shut down is closed for both sides, whoever holds it. Thread-safe.
class Connections {
 public:
  // `address`: HOST:PORT with the real port, or unix:PATH.
  explicit Connections(absl::string_view address);

  // New connections are refused from now on, so that clients and proxies turn to other servers.
  void StopListening() const;

  // Closes those connections on which nothing has arrived that was not read, and of which `is_busy` does not say that
  // a call is in work; it is asked by the name that gRPC gives the peer ("ipv4:127.0.0.1:4711"; "unix:" is every client
  // of a unix socket, so that none is closed while one of them has a call). How many are left.
  int CloseIdle(const std::function<bool(const std::string& peer)>& is_busy) const;

  // Closes, of more than `most` connections, those with the highest descriptors, which are the newest unless older ones
  // have gone meanwhile. Returns how many it closed.
  int CloseBeyond(int most) const;

  // The bytes that each TCP connection has received since its beginning, by the name that gRPC gives the peer.
  std::map<std::string, int64_t> BytesReceived() const;

 private:
  int port_ = 0;
  std::string path_;
};

}  // namespace onebyone
