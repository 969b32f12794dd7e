#pragma once

#include <array>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "server/job.h"

namespace onebyone {

// One image of one job.
struct QueuedImage {
  Job* job = nullptr;
  int index = 0;
  absl::Time since;       // when the job was pushed
  absl::Duration work{};  // predicted, of this image
};

// Jobs that wait for lanes, handed out one image at a time. The order: interactive before bulk, of which one image in
// kBulkOneIn goes first; within a priority one image of each client in turn, whatever they have queued; within a client
// one of each job in turn, so that a job of 64 images does not make a job of one image wait for all of them. Bounded by
// who pushes (admission). Thread-safe.
class ImageQueue {
 public:
  // `job` has at least one image, each predicted to take `work`. False, and nothing kept, after Close.
  bool Push(Job& job, absl::Duration work, absl::Time now);
  // The next image; waits for one. Nothing once the queue is closed and empty.
  std::optional<QueuedImage> Pop();
  // The next image, or nothing where there is none.
  std::optional<QueuedImage> TryPop();
  // Takes back the images of `job` that were not handed out; the first of them, or nothing where none is left.
  std::optional<QueuedImage> Withdraw(const Job& job);
  // Takes no more jobs and lets Pop return nothing as soon as all images are handed out.
  void Close();

 private:
  struct Entry {
    Job* job = nullptr;
    int next = 0;
    int images = 0;
    absl::Time since;
    absl::Duration work{};
  };
  struct Client {
    std::string name;
    std::deque<Entry> jobs;  // never empty
  };
  struct Line {
    std::list<Client> clients;  // the first is next
    std::map<std::string, std::list<Client>::iterator, std::less<>> by_name;
  };

  static QueuedImage TakeFrom(Line& line);
  static void Erase(Line& line, std::list<Client>::iterator client);
  std::optional<QueuedImage> Take() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  Line& Of(Priority priority) ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return lines_[static_cast<size_t>(priority)]; }
  bool Ready() const ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
    return closed_ || !lines_[0].clients.empty() || !lines_[1].clients.empty();
  }

  absl::Mutex mutex_;
  std::array<Line, 2> lines_ ABSL_GUARDED_BY(mutex_);  // by priority
  int ahead_of_bulk_ ABSL_GUARDED_BY(mutex_) = 0;      // interactive images taken while bulk ones waited
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace onebyone
