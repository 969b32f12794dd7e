#include "client/load/measure/stability.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_format.h"

namespace onebyone {
namespace {

constexpr double kSureness = 3;  // standard errors: chance alone breaks one comparison in some hundreds

double AtShare(const std::vector<double>& sorted, double share) {
  return sorted[static_cast<size_t>(share * static_cast<double>(sorted.size() - 1))];
}

// The relative standard error of a median: 1.25 sigma / sqrt(n), sigma told by the quartiles, which a few stragglers
// do not move.
double MedianNoise(const std::vector<double>& sorted) {
  const double sigma = (AtShare(sorted, 0.75) - AtShare(sorted, 0.25)) / 1.35;
  const double median = AtShare(sorted, 0.5);
  return median > 0 ? 1.25 * sigma / std::sqrt(static_cast<double>(sorted.size())) / median : 0;
}

}  // namespace

void StabilityJudge::Add(const WarmUpWindow& window) {
  ++windows_;
  if (window.ok_ms.empty()) {
    broken_by_ = absl::StrFormat("window %d: no answer", windows_);
    last_.clear();
    agreeing_ = 0;
    return;
  }
  std::vector<double> sorted = window.ok_ms;
  std::sort(sorted.begin(), sorted.end());
  const auto count = static_cast<double>(sorted.size());
  Figures figures = {.number = windows_, .p50_ms = AtShare(sorted, 0.5), .p50_noise = MedianNoise(sorted)};
  if (rate_ == Rate::kAnswers) {
    figures.rate = count / window.seconds;
  } else {
    figures.rate = window.due > 0 ? count / static_cast<double>(window.due) : 1;
  }
  figures.rate_noise = 1 / std::sqrt(count);
  std::string disagreement;
  for (const Figures& other : last_) {
    if (disagreement.empty()) disagreement = Disagreement(figures, other);
  }
  if (disagreement.empty()) {
    ++agreeing_;
  } else {
    broken_by_ = disagreement;
    last_.clear();
    agreeing_ = 1;
  }
  last_.push_back(figures);
  if (last_.size() > kWindows - 1) last_.erase(last_.begin());
}

std::string StabilityJudge::Disagreement(const Figures& a, const Figures& b) const {
  const auto differ = [](double x, double y, double allowed) {
    return std::max(x, y) > std::min(x, y) * (1 + allowed);
  };
  const auto change = [](double x, double y) { return y > 0 ? 100 * (x / y - 1) : 0; };
  if (differ(a.p50_ms, b.p50_ms, tolerance_ + kSureness * std::hypot(a.p50_noise, b.p50_noise))) {
    return absl::StrFormat("window %d: p50 %.3g ms, %+.0f %% beside window %d", a.number, a.p50_ms,
                           change(a.p50_ms, b.p50_ms), b.number);
  }
  if (differ(a.rate, b.rate, tolerance_ + kSureness * std::hypot(a.rate_noise, b.rate_noise))) {
    return absl::StrFormat("window %d: answers %+.0f %% beside window %d", a.number, change(a.rate, b.rate), b.number);
  }
  return "";
}

}  // namespace onebyone
