#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "server/backlog.h"
#include "server/clock.h"
#include "server/priority.h"

namespace onebyone {

// Lets requests in as long as there is room for them and time to do them, and counts those that are in. Knows nothing
// of what they are.
//
// A request is in from Admit to Leave; its images wait from Admit until Begin or Drop is called for each, and are in
// work from Begin to End. Thread-safe.
class Admission {
 public:
  struct Limits {
    int64_t waiting_images = 256;      // accepted and not begun
    int64_t bytes = int64_t{1} << 30;  // of all requests that are in: encoded images and answers
    absl::Duration least_retry_after = absl::Milliseconds(50);  // told to a client that found the queue full,
    absl::Duration most_retry_after = absl::Seconds(10);        // and how long the queue needs in between
    absl::Duration draining_retry_after = absl::Seconds(1);  // told while draining: another server may take it at once
  };

  // A request, or what is left of it, as the queue sees it.
  struct Load {
    absl::string_view client;
    Priority priority = Priority::kInteractive;
    int64_t images = 1;     // that need a lane; 0: neither room nor time is asked for
    absl::Duration work{};  // predicted lane time of all its images
  };
  struct Request {
    Load load{};
    bool work_is_reliable = false;  // measured lately for requests of this kind
    int64_t bytes = 0;              // that it holds until Leave
    absl::Time deadline = absl::InfiniteFuture();
  };

  // `lanes`: images worked on at a time; 0 counts as 1.
  Admission(const Limits& limits, int lanes, Clock clock)
      : limits_(limits), lanes_(lanes > 0 ? lanes : 1), clock_(std::move(clock)) {}

  // UNAVAILABLE while draining; DEADLINE_EXCEEDED where the deadline has passed or is predicted to pass before the
  // request is done (an idle server tries); RESOURCE_EXHAUSTED where there is no room for its images or bytes, or none
  // for more of this client or of bulk requests. UNAVAILABLE and RESOURCE_EXHAUSTED say when to try again,
  // and carry a reason. Never blocks. An error takes no room.
  //
  // A client may wait with twice as many images as places are free: so one that floods the queue leaves a third of it,
  // two leave a fifth (dynamic queue length thresholds, Choudhury and Hahne, 1998), and likewise with bytes: answers
  // that a client does not read are its own trouble. Bulk requests leave a quarter of the queue.
  absl::Status Admit(const Request& request);
  // `load` is of a request that was admitted: those images are begun,
  void Begin(const Load& load);
  // and done, after `work` predicted.
  void End(absl::Duration work);
  // They are not begun and never will be.
  void Drop(const Load& load);
  // A request that Admit let in has been answered.
  void Leave(absl::string_view client, int64_t bytes);

  // From now on Admit refuses.
  void StartDraining();
  // True once no request is in, false where one still is after `timeout`.
  bool WaitUntilEmpty(absl::Duration timeout) const;

  const Limits& limits() const { return limits_; }
  int64_t waiting_images() const;
  int64_t waiting_images(Priority priority) const;
  int64_t images_in_work() const;
  int64_t bytes() const;
  int64_t requests() const;
  // Those of one client.
  int64_t requests_of(absl::string_view client) const;
  // Until an image of a new client would begin.
  absl::Duration predicted_wait() const;

 private:
  // What a client has in work.
  struct Held {
    int64_t requests = 0;
    int64_t bytes = 0;
  };

  bool Empty() const ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return requests_ == 0; }
  absl::Status CheckDeadline(const Request& request, absl::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status CheckRoom(const Load& load) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status CheckBytes(absl::string_view client, int64_t bytes) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status Refuse(absl::string_view why, absl::string_view reason, int64_t images_too_many)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Limits limits_;
  const int lanes_;
  const Clock clock_;
  mutable absl::Mutex mutex_;
  Backlog backlog_ ABSL_GUARDED_BY(mutex_);
  int64_t images_in_work_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Duration work_begun_ ABSL_GUARDED_BY(mutex_);  // predicted, of the images in work
  int64_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  std::map<std::string, Held, std::less<>> held_ ABSL_GUARDED_BY(mutex_);  // by client; none without requests
  int64_t requests_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t told_to_wait_ ABSL_GUARDED_BY(mutex_) = 0;
  bool draining_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace onebyone
