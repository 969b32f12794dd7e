#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <thread>

#include "engine/base/forwarded_signals.h"

namespace onebyone {

// Calls `callback` on a thread of its own at the first Ctrl-C or SIGTERM; the second ends the program at once. To be
// made before any other thread, which then leaves the signals to it (what reaches a thread that a library began earlier
// is sent on); one per program.
class Interrupt {
 public:
  explicit Interrupt(std::function<void()> callback);
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

 private:
  std::atomic<bool> over_ = false;
  std::thread waiter_;
  std::optional<ForwardedSignals> forwarded_;
};

}  // namespace onebyone
