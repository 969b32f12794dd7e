#pragma once

#include <atomic>
#include <functional>
#include <thread>

namespace onebyone {

// Calls `callback` on a thread of its own at the first Ctrl-C or SIGTERM; the second ends the program at once. To be
// made before any other thread, which then leaves the signals to it; one per program.
class Interrupt {
 public:
  explicit Interrupt(std::function<void()> callback);
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

 private:
  std::atomic<bool> over_ = false;
  std::thread waiter_;
};

}  // namespace onebyone
