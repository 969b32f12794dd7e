#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace onebyone {

// Words to the service manager that started this process (systemd, Type=notify; the protocol of sd_notify(3)). Threads
// may share it.
class ServiceManager {
 public:
  // `socket`: $NOTIFY_SOCKET, a path, or a name behind '@' in Linux's abstract namespace. Empty: nobody listens, and
  // every word is OK and does nothing.
  explicit ServiceManager(std::string socket);

  // Requests are served from now on. UNAVAILABLE where the word cannot be sent, as with the other one: the service goes
  // on.
  absl::Status TellReady() const;

  // The end has begun and takes at most `longest`, however short the unit's TimeoutStopSec is.
  absl::Status TellStopping(absl::Duration longest) const;

 private:
  absl::Status Send(const std::string& words) const;

  const std::string socket_;
};

}  // namespace onebyone
