#include "client/latency_percentile.h"

#include <algorithm>
#include <cmath>

namespace onebyone {
namespace {

constexpr size_t kWindow = 1000;
constexpr int kRefresh = 20;
constexpr double kAbove = 5;

}  // namespace

LatencyPercentile::LatencyPercentile(double percentile)
    : share_(percentile / 100), needed_(static_cast<size_t>(std::lround(kAbove / (1 - share_)))) {}

void LatencyPercentile::Add(absl::Duration latency) {
  absl::MutexLock lock(&mutex_);
  if (latest_.size() < kWindow) {
    latest_.push_back(latency);
  } else {
    latest_[next_] = latency;
    next_ = (next_ + 1) % kWindow;
  }
  ++fresh_;
  if (latest_.size() < needed_ || (value_.has_value() && fresh_ < kRefresh)) return;
  fresh_ = 0;
  std::vector<absl::Duration> ordered = latest_;
  const auto rank = static_cast<size_t>(share_ * static_cast<double>(ordered.size()));
  const auto at = ordered.begin() + static_cast<std::ptrdiff_t>(std::min(rank, ordered.size() - 1));
  std::nth_element(ordered.begin(), at, ordered.end());
  value_ = *at;
}

std::optional<absl::Duration> LatencyPercentile::value() const {
  absl::MutexLock lock(&mutex_);
  return value_;
}

}  // namespace onebyone
