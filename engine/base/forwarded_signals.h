#pragma once

#include <pthread.h>

#include <csignal>
#include <initializer_list>
#include <vector>

namespace onebyone {

// Sends signals on to the thread that waits for them. A program blocks a signal in its first thread and those that come
// from it; but libraries (OpenBLAS, for one) begin threads before main(), which would take it and end the process.
// One at a time in a process.
class ForwardedSignals {
 public:
  // `taker` must outlive this, and have the signals blocked.
  ForwardedSignals(std::initializer_list<int> signals, pthread_t taker);
  // What happened at these signals before happens again.
  ~ForwardedSignals();
  ForwardedSignals(const ForwardedSignals&) = delete;
  ForwardedSignals& operator=(const ForwardedSignals&) = delete;

 private:
  struct Replaced {
    int signal;
    struct sigaction action;
  };
  std::vector<Replaced> replaced_;
};

}  // namespace onebyone
