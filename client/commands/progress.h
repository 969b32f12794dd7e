#pragma once

#include <cstdint>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "client/commands/terminal.h"

namespace onebyone {

// Shows on standard error how far a long piece of work is: a bar that is redrawn in place where that is a terminal and
// there is much to do, nothing otherwise. Thread-safe.
class Progress {
 public:
  Progress(Terminal& terminal, int64_t total);
  ~Progress();  // takes the bar away

  void Advance();
  // A line of its own, above the bar.
  void Say(absl::string_view line);

 private:
  void Draw() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Clear() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  Terminal& terminal_;
  const int64_t total_;
  const absl::Time start_;
  absl::Mutex mutex_;
  int64_t completed_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Time drawn_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  bool visible_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace onebyone
