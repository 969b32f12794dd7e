#include "client/load/measure/latencies.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "client/load/report/percentile_curve.h"
#include "client/load/schedule/seeded_random.h"

namespace onebyone {
namespace {

constexpr int kResamples = 300;
constexpr double kTail = 0.025;  // on either side of the interval
constexpr int kGrpcOk = 0;

// AtRank and the bootstrap look for a latency by halving the values instead of sorting all calls together: the same
// result without a second copy of them.
int64_t CountUpTo(const std::vector<uint32_t>& sorted, uint32_t value) {
  return std::upper_bound(sorted.begin(), sorted.end(), value) - sorted.begin();
}

}  // namespace

int64_t NearestRank(double percentile, int64_t count) {
  // Rounded first: 99.9 % of 1,000 is 999.0000000000001 in binary, and its rank 999, not 1,000.
  const double exact = percentile / 100 * static_cast<double>(count);
  const auto rank = static_cast<int64_t>(std::ceil(exact - 1e-6 * std::max(1.0, exact * 1e-3)));
  return std::clamp<int64_t>(rank, 1, std::max<int64_t>(count, 1));
}

Latencies::Latencies(const SampleLog& log, LatencyFrom from, uint64_t measured_ticks)
    : pieces_(kPieces), least_(std::numeric_limits<uint32_t>::max()) {
  const auto piece_of = [measured_ticks](const Sample& sample) {
    const uint64_t piece = measured_ticks == 0 ? 0 : uint64_t{sample.due} * kPieces / measured_ticks;
    return static_cast<size_t>(std::min<uint64_t>(piece, kPieces - 1));
  };
  std::vector<size_t> sizes(kPieces, 0);
  log.ForEach([&](const Sample& sample) {
    if (sample.code == kGrpcOk) ++sizes[piece_of(sample)];
  });
  for (size_t i = 0; i < kPieces; ++i) pieces_[i].reserve(sizes[i]);
  double sum_of_squares = 0;  // of distances from the mean so far (Welford)
  log.ForEach([&](const Sample& sample) {
    if (sample.code != kGrpcOk) return;
    const uint32_t ticks = from == LatencyFrom::kIntention ? sample.whole() : sample.service;
    pieces_[piece_of(sample)].push_back(ticks);
    ++count_;
    const double distance = ticks - mean_;
    mean_ += distance / static_cast<double>(count_);
    sum_of_squares += distance * (ticks - mean_);
    least_ = std::min(least_, ticks);
    most_ = std::max(most_, ticks);
  });
  if (count_ > 1) variance_ = sum_of_squares / static_cast<double>(count_ - 1);
  for (std::vector<uint32_t>& piece : pieces_) std::sort(piece.begin(), piece.end());
}

uint32_t Latencies::WeightedRank(int64_t rank, const std::vector<int>& times) const {
  uint32_t low = least_;
  uint32_t high = most_;
  while (low < high) {
    const uint32_t middle = low + (high - low) / 2;
    int64_t up_to = 0;
    for (size_t i = 0; i < pieces_.size(); ++i) {
      if (times[i] > 0) up_to += times[i] * CountUpTo(pieces_[i], middle);
    }
    if (up_to >= rank) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

uint32_t Latencies::AtRank(int64_t rank) const { return WeightedRank(rank, std::vector<int>(kPieces, 1)); }

uint32_t Latencies::AtPercentile(double percentile) const { return AtRank(NearestRank(percentile, count_)); }

std::optional<Interval> Latencies::ConfidenceInterval(double percentile) const {
  std::vector<size_t> filled;
  for (size_t i = 0; i < pieces_.size(); ++i) {
    if (!pieces_[i].empty()) filled.push_back(i);
  }
  if (2 * filled.size() < pieces_.size()) return std::nullopt;
  SeededRandom random(1, "bootstrap");  // the same samples always have the same interval
  std::vector<double> drawn;
  for (int resample = 0; resample < kResamples; ++resample) {
    std::vector<int> times(kPieces, 0);
    int64_t count = 0;
    for (size_t i = 0; i < filled.size(); ++i) {
      const size_t piece = filled[static_cast<size_t>(random.Uniform() * static_cast<double>(filled.size()))];
      ++times[piece];
      count += static_cast<int64_t>(pieces_[piece].size());
    }
    drawn.push_back(TicksToMs(WeightedRank(NearestRank(percentile, count), times)));
  }
  std::sort(drawn.begin(), drawn.end());
  const auto at = [&drawn](double share) { return drawn[static_cast<size_t>(share * (kResamples - 1))]; };
  return Interval{.low = at(kTail), .high = at(1 - kTail)};
}

LatencySummary Latencies::Summarize(const std::vector<double>& percentiles) const {
  LatencySummary summary;
  summary.count = count_;
  if (count_ > 0) {
    summary.min_ms = TicksToMs(least_);
    summary.mean_ms = TicksToMs(mean_);
    summary.max_ms = TicksToMs(most_);
    summary.stddev_ms = TicksToMs(std::sqrt(variance_));
  }
  for (const double percentile : percentiles) {
    Percentile entry = {.percentile = percentile, .needed_samples = SamplesNeeded(percentile)};
    if (count_ >= entry.needed_samples) {
      entry.value_ms = TicksToMs(AtPercentile(percentile));
      entry.interval = ConfidenceInterval(percentile);
    }
    summary.percentiles.push_back(entry);
  }
  summary.curve = PercentileCurve(count_, [this](int64_t rank) { return TicksToMs(AtRank(rank)); });
  return summary;
}

}  // namespace onebyone
