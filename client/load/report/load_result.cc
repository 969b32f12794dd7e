#include "client/load/report/load_result.h"

#include <algorithm>
#include <cmath>

namespace onebyone {
namespace {

constexpr double kSamplesBeyond = 10;

}  // namespace

int64_t ErrorCount(const LoadResult& result) {
  int64_t errors = 0;
  for (const CodeCount& code : result.codes) {
    if (code.code != "OK") errors += code.count;
  }
  return errors;
}

std::vector<std::string> AllWarnings(const LoadResult& result) {
  std::vector<std::string> warnings = result.warnings;
  const bool said = std::any_of(warnings.begin(), warnings.end(), [&result](const std::string& warning) {
    return warning.find(result.ended) != std::string::npos;
  });
  if (result.ended != "complete" && !said) warnings.push_back("the run ended early: " + result.ended);
  return warnings;
}

const LatencySummary& HeadLatency(const LoadResult& result) {
  return result.plan.loop == LoopKind::kOpen ? result.from_intention : result.from_sending;
}

const Percentile* FindPercentile(const LatencySummary& summary, double percentile) {
  for (const Percentile& entry : summary.percentiles) {
    if (std::abs(entry.percentile - percentile) < 1e-9) return &entry;
  }
  return nullptr;
}

int64_t SamplesNeeded(double percentile) {
  // Rounded first: 100 - 99.9 is not quite 0.1, and 10,001 samples would be asked for.
  return static_cast<int64_t>(std::ceil(std::round(kSamplesBeyond / (1 - percentile / 100) * 1e6) / 1e6));
}

}  // namespace onebyone
