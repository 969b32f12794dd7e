#include "server/pixel_budget.h"

#include <algorithm>

#include "absl/time/time.h"
#include "engine/base/status_macros.h"

namespace onebyone {
namespace {

// Cancellation has no waiters: it is looked at this often.
constexpr absl::Duration kLook = absl::Milliseconds(20);

}  // namespace

absl::Status PixelBudget::Take(int64_t bytes, const Cancellation& cancellation) {
  const absl::MutexLock lock(&mutex_);
  const auto has_room = [&]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return taken_ + bytes <= total_; };
  while (!mutex_.AwaitWithTimeout(absl::Condition(&has_room), kLook)) RETURN_IF_ERROR(cancellation.Check());
  taken_ += bytes;
  return absl::OkStatus();
}

void PixelBudget::Give(int64_t bytes) {
  const absl::MutexLock lock(&mutex_);
  taken_ -= bytes;
}

int64_t PixelBudget::taken() const {
  const absl::MutexLock lock(&mutex_);
  return taken_;
}

absl::Status PixelShare::GrowTo(int64_t bytes, const Cancellation& cancellation) {
  if (budget_ == nullptr || bytes <= bytes_) return absl::OkStatus();
  // What it has is given first: two lanes that each wait for the other's would wait for ever.
  ShrinkTo(0);
  RETURN_IF_ERROR(budget_->Take(bytes, cancellation));
  bytes_ = bytes;
  return absl::OkStatus();
}

void PixelShare::ShrinkTo(int64_t bytes) {
  if (budget_ == nullptr || bytes >= bytes_) return;
  budget_->Give(bytes_ - bytes);
  bytes_ = bytes;
}

}  // namespace onebyone
