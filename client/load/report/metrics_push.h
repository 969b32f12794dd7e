#pragma once

#include <memory>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace onebyone {

// Sends the newest of a row of texts to a Pushgateway, under the job onebyone_load, every `interval` and at the end, on
// a thread of its own. Thread-safe.
class MetricsPush {
 public:
  // `gateway`: "http://HOST:PORT", with a path before /metrics/job/... where it has one. INVALID_ARGUMENT where it is
  // not that; that nobody answers is seen at the first push.
  static absl::StatusOr<std::unique_ptr<MetricsPush>> Create(const std::string& gateway,
                                                             absl::Duration interval = absl::Seconds(5));
  // Pushes the newest text once more; waits for that at most some seconds.
  ~MetricsPush();

  void Publish(std::string text);

  // Of the last push.
  absl::Status status() const;

 private:
  MetricsPush(std::string origin, std::string path, absl::Duration interval);
  void Run();
  absl::Status Push(const std::string& text) const;

  const std::string origin_;
  const std::string path_;
  const absl::Duration interval_;
  mutable absl::Mutex mutex_;
  std::string text_ ABSL_GUARDED_BY(mutex_);
  absl::Status status_ ABSL_GUARDED_BY(mutex_);
  bool ending_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace onebyone
