#pragma once

#include <cstdint>
#include <ostream>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace onebyone {

// Shows how far a long piece of work is, stage by stage: one line, a bar with rate and time left, that is redrawn in
// place. Thread-safe.
class Progress {
 public:
  // Null: nothing is shown. `terminal` must outlive this.
  explicit Progress(std::ostream* terminal) : terminal_(terminal) {}
  ~Progress();  // takes the line away
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void Begin(const std::string& stage, int64_t total);
  void Advance();

 private:
  void Draw() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  absl::Mutex mutex_;
  std::ostream* const terminal_ ABSL_PT_GUARDED_BY(mutex_);
  std::string stage_ ABSL_GUARDED_BY(mutex_);
  int64_t completed_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t total_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Time begun_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  absl::Time drawn_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
};

}  // namespace onebyone
