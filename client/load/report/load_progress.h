#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace onebyone {

// How far a run is: what the live line shows and what Prometheus reads. Plain data; units as in load_result.h.
struct LoadProgress {
  std::string phase;                   // "warm-up", "measuring", "step 3: 240/s"
  double elapsed_ms = 0;               // of the run
  std::optional<double> remaining_ms;  // absent: not known

  // Since the run began.
  int64_t sent = 0;
  int64_t never_sent = 0;
  int64_t late = 0;
  int64_t in_flight = 0;
  std::map<std::string, int64_t> codes;  // answers by code, OK among them
  int64_t bytes_out = 0;
  int64_t bytes_in = 0;
  // Answered OK no slower than kLatencyBoundsMs[i], and at last all: cumulative, as Prometheus counts.
  std::vector<int64_t> latency_counts;
  double latency_sum_ms = 0;

  // Of the last interval.
  double offered_per_s = 0;
  double achieved_per_s = 0;  // answered OK
  std::optional<double> p50_ms;
  std::optional<double> p99_ms;
  double client_cpu_share = 0;
};

// Upper bounds of LoadProgress::latency_counts, without the last, which has none.
inline constexpr double kLatencyBoundsMs[] = {0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000};

}  // namespace onebyone
