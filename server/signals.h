#pragma once

#include <functional>
#include <optional>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "engine/base/forwarded_signals.h"

namespace onebyone {

// SIGTERM, SIGINT and SIGHUP, taken by a thread that waits for them, so that no work is done in a signal's context.
// The first SIGTERM or SIGINT asks for the end; a second one ends the process at once with code 128 + its number.
class Signals {
 public:
  // Blocks both in this thread and those it starts: make it before any other thread. What reaches a thread that a
  // library began earlier is sent on.
  Signals();
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  // Until the first SIGTERM or SIGINT; its number.
  int Wait();
  // Calls `reload` at each SIGHUP from now on, on the thread that takes them; null, and before: nothing happens.
  void OnHangup(std::function<void()> reload);

 private:
  void Watch();

  absl::Mutex mutex_;
  int first_ ABSL_GUARDED_BY(mutex_) = 0;
  std::function<void()> reload_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
  std::optional<ForwardedSignals> forwarded_;
};

}  // namespace onebyone
