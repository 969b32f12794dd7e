#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace onebyone {

// Learns how long images keep a lane: exponentially weighted means (as TCP's round-trip time, RFC 6298) of the seconds
// per encoded byte of all images, and of the rest per kind of work. Thread-safe.
class ServiceTimes {
 public:
  // What one image took.
  struct Sample {
    int64_t encoded_bytes = 0;
    absl::Duration decode{};
    absl::Duration rest{};  // preprocessing, network, encoding; without what only the first of its kind takes (plans)
  };
  struct Prediction {
    absl::Duration work{};  // lane time of all images together
    // Measured for this very kind, and lately: good enough to refuse a request for. Otherwise a mean over all kinds, or
    // 0 before the first image.
    bool is_reliable = false;
  };

  // `encoded_bytes` of all `images` together.
  Prediction Predict(absl::string_view kind, int images, int64_t encoded_bytes, absl::Time now) const;
  void Record(absl::string_view kind, const Sample& sample, absl::Time now);

 private:
  static constexpr double kWeight = 0.125;  // of a new sample
  // Clients choose the layers, and with them the kinds: past this many the one that was used least lately is forgotten.
  static constexpr size_t kMostKinds = 512;
  // A wrong high value would refuse every request of its kind and so never be mended: it is believed for this long.
  static constexpr absl::Duration kReliableFor = absl::Seconds(5);

  struct Kind {
    absl::Duration rest{};
    absl::Time measured{};
  };

  void ForgetOldest() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  mutable absl::Mutex mutex_;
  absl::flat_hash_map<std::string, Kind> kinds_ ABSL_GUARDED_BY(mutex_);
  absl::Duration mean_rest_ ABSL_GUARDED_BY(mutex_);
  double decode_seconds_per_byte_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace onebyone
