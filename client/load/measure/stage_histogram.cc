#include "client/load/measure/stage_histogram.h"

#include <algorithm>
#include <bit>

#include "client/load/measure/latencies.h"

namespace onebyone {
namespace {

constexpr int kStepBits = 6;

// Below 64 us each value is a step of its own; above, each doubling has 64 steps.
size_t StepOf(uint64_t us) {
  if (us < (uint64_t{1} << kStepBits)) return us;
  const int shift = std::bit_width(us) - kStepBits - 1;
  return (static_cast<size_t>(shift + 1) << kStepBits) + ((us >> shift) & ((uint64_t{1} << kStepBits) - 1));
}

double MiddleOf(size_t step) {
  if (step < (size_t{1} << kStepBits)) return static_cast<double>(step);
  const size_t shift = (step >> kStepBits) - 1;
  const uint64_t low = ((uint64_t{1} << kStepBits) + (step & ((size_t{1} << kStepBits) - 1))) << shift;
  return static_cast<double>(low) + static_cast<double>((uint64_t{1} << shift) - 1) / 2;
}

}  // namespace

void StageHistogram::Add(int64_t us) {
  const size_t step = StepOf(static_cast<uint64_t>(std::max<int64_t>(us, 0)));
  ++counts_[std::min(step, counts_.size() - 1)];
  ++count_;
  sum_us_ += static_cast<double>(us);
}

double StageHistogram::AtPercentile(double percentile) const {
  int64_t left = NearestRank(percentile, count_);
  size_t step = 0;
  for (; step + 1 < counts_.size() && left > counts_[step]; ++step) left -= counts_[step];
  return MiddleOf(step);
}

StageTime StageHistogram::Summarize(const std::string& name) const {
  StageTime stage = {.name = name};
  if (count_ == 0) return stage;
  stage.mean_ms = sum_us_ / static_cast<double>(count_) / 1e3;
  if (count_ >= SamplesNeeded(50)) stage.p50_ms = AtPercentile(50) / 1e3;
  if (count_ >= SamplesNeeded(99)) stage.p99_ms = AtPercentile(99) / 1e3;
  return stage;
}

}  // namespace onebyone
