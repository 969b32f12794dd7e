#include "client/hedging.h"

#include <algorithm>

namespace onebyone {
namespace {

constexpr int64_t kToken = 1'000'000;
constexpr int64_t kMostTokens = 20 * kToken;

}  // namespace

Hedging::Hedging(const HedgePolicy& policy)
    : delay_(policy.delay), share_(static_cast<int64_t>(policy.budget * static_cast<double>(kToken))) {
  if (policy.percentile > 0) percentile_.emplace(policy.percentile);
}

std::optional<absl::Duration> Hedging::BeginCall() {
  {
    absl::MutexLock lock(&mutex_);
    ++counts_.calls;
    tokens_ = std::min(tokens_ + share_, kMostTokens);
  }
  if (percentile_.has_value()) return percentile_->value();
  return delay_;
}

bool Hedging::TakeHedge() {
  absl::MutexLock lock(&mutex_);
  if (tokens_ < kToken) return false;
  tokens_ -= kToken;
  ++counts_.hedged;
  return true;
}

void Hedging::Refused() {
  absl::MutexLock lock(&mutex_);
  tokens_ = std::max<int64_t>(tokens_ - kToken, 0);
}

void Hedging::Measured(absl::Duration latency) {
  if (percentile_.has_value()) percentile_->Add(latency);
}

void Hedging::Won() {
  absl::MutexLock lock(&mutex_);
  ++counts_.won;
}

HedgeCounts Hedging::counts() const {
  absl::MutexLock lock(&mutex_);
  return counts_;
}

}  // namespace onebyone
