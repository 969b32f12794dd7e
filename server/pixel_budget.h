#pragma once

#include <cstdint>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "engine/runtime/cancellation.h"

namespace onebyone {

// Memory for decoded pixels that all lanes share: what one lane has beyond its part, others wait for. Thread-safe.
//
// Each lane may keep `total - largest` / `lanes` from one image to the next, so that small pictures never wait; all
// keeping that, the largest picture still finds room once the large ones before it are done.
class PixelBudget {
 public:
  // `largest`: bytes that one image can take. REQUIRES: total >= largest.
  PixelBudget(int64_t total, int64_t largest, int lanes)
      : total_(total), kept_by_lane_((total - largest) / (lanes > 0 ? lanes : 1)) {}

  // Waits until `bytes` are free and takes them. CANCELLED or DEADLINE_EXCEEDED where `cancellation` says so meanwhile.
  absl::Status Take(int64_t bytes, const Cancellation& cancellation);
  void Give(int64_t bytes);

  int64_t kept_by_lane() const { return kept_by_lane_; }
  int64_t taken() const;

 private:
  const int64_t total_;
  const int64_t kept_by_lane_;
  mutable absl::Mutex mutex_;
  int64_t taken_ ABSL_GUARDED_BY(mutex_) = 0;
};

// What one lane has taken of a budget; gives it back at the end. Used by one thread at a time.
class PixelShare {
 public:
  // No budget: no limit. `budget` must outlive this.
  explicit PixelShare(PixelBudget* budget) : budget_(budget) {}
  ~PixelShare() { ShrinkTo(0); }
  PixelShare(const PixelShare&) = delete;
  PixelShare& operator=(const PixelShare&) = delete;

  // Has at least `bytes`, all in all. Errors: those of PixelBudget::Take.
  absl::Status GrowTo(int64_t bytes, const Cancellation& cancellation);
  void ShrinkTo(int64_t bytes);
  // Whether so many bytes should be given up after an image.
  bool IsTooMuchToKeep(int64_t bytes) const { return budget_ != nullptr && bytes > budget_->kept_by_lane(); }

 private:
  PixelBudget* const budget_;
  int64_t bytes_ = 0;
};

}  // namespace onebyone
