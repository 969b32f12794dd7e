#pragma once

#include <deque>
#include <optional>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "server/job.h"

namespace onebyone {

// One image of one job.
struct QueuedImage {
  Job* job = nullptr;
  int index = 0;
  absl::Time since;  // when the job was pushed
};

// Jobs that wait for lanes. Hands out images one at a time, one of each job in turn, so that a job of 64 images does
// not make a job of one image wait for all of them. Bounded by who pushes (admission). Thread-safe.
class ImageQueue {
 public:
  // `job` has at least one image. False, and nothing kept, after Close.
  bool Push(Job& job, absl::Time now);
  // The next image; waits for one. Nothing once the queue is closed and empty.
  std::optional<QueuedImage> Pop();
  // The next image, or nothing where there is none.
  std::optional<QueuedImage> TryPop();
  // Takes no more jobs and lets Pop return nothing as soon as all images are handed out.
  void Close();

 private:
  struct Entry {
    Job* job = nullptr;
    int next = 0;
    int images = 0;
    absl::Time since;
  };

  std::optional<QueuedImage> Take() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool Ready() const ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return closed_ || !entries_.empty(); }

  absl::Mutex mutex_;
  std::deque<Entry> entries_ ABSL_GUARDED_BY(mutex_);
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace onebyone
