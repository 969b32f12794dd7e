#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "client/load/measure/sample_log.h"
#include "client/load/report/load_result.h"

namespace onebyone {

enum class LatencyFrom { kIntention, kSending };

// The latencies of the calls that were answered OK, exact to the tick, with their place in time. Immutable; 4 bytes a
// call.
class Latencies {
 public:
  // `measured_ticks`: the measured time, which is cut into kPieces of equal length.
  Latencies(const SampleLog& log, LatencyFrom from, uint64_t measured_ticks);

  int64_t count() const { return count_; }

  // The latency of that rank among all, from 1 (least) to count(): what a full sort has there. Ticks.
  uint32_t AtRank(int64_t rank) const;

  // Nearest rank: the least latency that at least `percentile` of a hundred calls did not exceed. Ticks.
  // REQUIRES: count() > 0.
  uint32_t AtPercentile(double percentile) const;

  // 95 % confidence interval in milliseconds of AtPercentile: the pieces of time, each with all its calls, are drawn
  // again and again with repetition (a block bootstrap), so that calls that suffered together are not taken for
  // independent ones. Nothing where fewer than half of the pieces hold calls.
  std::optional<Interval> ConfidenceInterval(double percentile) const;

  // Whole; refuses what too few samples support.
  LatencySummary Summarize(const std::vector<double>& percentiles) const;

  static constexpr int kPieces = 20;

 private:
  // Least latency that at least `rank` calls do not exceed where piece i counts `times[i]` times.
  uint32_t WeightedRank(int64_t rank, const std::vector<int>& times) const;

  std::vector<std::vector<uint32_t>> pieces_;  // each sorted
  int64_t count_ = 0;
  uint32_t least_ = 0;
  uint32_t most_ = 0;
  double mean_ = 0;
  double variance_ = 0;
};

// The rank that AtPercentile means, of so many calls.
int64_t NearestRank(double percentile, int64_t count);

}  // namespace onebyone
