#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "client/load/report/load_result.h"

namespace onebyone {

// The distribution of one stage's time in fixed memory: values are told to 1 part in 64. For the split of a call into
// stages, of which there are many; the latencies themselves are kept whole (sample_log.h). One thread at a time.
class StageHistogram {
 public:
  void Add(int64_t us);

  int64_t count() const { return count_; }
  // p50 and p99 only where there are enough samples.
  StageTime Summarize(const std::string& name) const;

 private:
  static constexpr int kSteps = 64;      // of each doubling
  static constexpr int kDoublings = 34;  // up to 2^40 us
  double AtPercentile(double percentile) const;

  std::array<uint32_t, static_cast<size_t>(kSteps) * kDoublings> counts_{};
  int64_t count_ = 0;
  double sum_us_ = 0;
};

}  // namespace onebyone
