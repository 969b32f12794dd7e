#pragma once

#include <optional>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "engine/base/forwarded_signals.h"

namespace onebyone {

// SIGTERM and SIGINT, taken by a thread that waits for them, so that no work is done in a signal's context.
// The first asks for the end; a second one ends the process at once with code 128 + its number.
class Signals {
 public:
  // Blocks both in this thread and those it starts: make it before any other thread. What reaches a thread that a
  // library began earlier is sent on.
  Signals();
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  // Until the first signal; its number.
  int Wait();

 private:
  void Watch();

  absl::Mutex mutex_;
  int first_ ABSL_GUARDED_BY(mutex_) = 0;
  std::thread thread_;
  std::optional<ForwardedSignals> forwarded_;
};

}  // namespace onebyone
