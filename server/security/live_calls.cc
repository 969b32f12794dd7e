#include "server/security/live_calls.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"

namespace onebyone {
namespace {

constexpr double kForgottenOfConnection = 64;  // a second
constexpr double kForgottenOfAll = 512;
constexpr size_t kManyConnections = 8192;  // then those without calls are forgotten
constexpr absl::Duration kBetweenWarnings = absl::Seconds(10);

}  // namespace

void LiveCalls::SetLimits(const Limits& limits) {
  const absl::MutexLock lock(&mutex_);
  limits_ = limits;
}

void LiveCalls::Count::Shrink(absl::Time now, double a_second) {
  if (now > at) calls = std::max(0.0, calls - a_second * absl::ToDoubleSeconds(now - at));
  at = now;
}

absl::Status LiveCalls::Begin(const void* connection) {
  const absl::Time now = clock_();
  const absl::MutexLock lock(&mutex_);
  if (connections_.size() >= kManyConnections) ForgetIdle(now);
  Count& own = connections_[connection];
  own.Shrink(now, kForgottenOfConnection);
  all_.Shrink(now, kForgottenOfAll);
  const bool is_crowded = all_.calls >= limits_.of_all;
  const int most = is_crowded ? std::min(limits_.when_crowded, limits_.of_connection) : limits_.of_connection;
  if (own.calls < most) {
    ++own.calls;
    ++all_.calls;
    return absl::OkStatus();
  }
  absl::Status refusal = absl::ResourceExhaustedError(
      absl::StrCat("calls that have not ended: wanted at most ", most, " of a connection",
                   is_crowded ? absl::StrCat(" while all have ", limits_.of_all) : "", ", got one more"));
  if (now - told_ > kBetweenWarnings) {
    told_ = now;
    spdlog::warn("calls are refused: {}; clients cancel them faster than they end", std::string(refusal.message()));
  }
  return refusal;
}

void LiveCalls::End(const void* connection) {
  const absl::MutexLock lock(&mutex_);
  const auto own = connections_.find(connection);
  if (own == connections_.end()) return;
  own->second.calls = std::max(0.0, own->second.calls - 1);
  all_.calls = std::max(0.0, all_.calls - 1);
}

void LiveCalls::ForgetIdle(absl::Time now) {
  for (auto next = connections_.begin(); next != connections_.end();) {
    const auto at = next++;
    at->second.Shrink(now, kForgottenOfConnection);
    if (at->second.calls == 0) connections_.erase(at);
  }
}

}  // namespace onebyone
