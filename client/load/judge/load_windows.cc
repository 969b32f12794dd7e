#include "client/load/judge/load_windows.h"

#include <algorithm>
#include <optional>

namespace onebyone {
namespace {

constexpr double kTicksPerS = 1e9 / kTickNs;
constexpr uint64_t kMostWindows = 60;
constexpr double kLengths[] = {0.1, 0.25, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600};  // seconds

// The shortest round length that gives few enough windows.
uint64_t LengthOf(uint64_t measured_ticks) {
  const double seconds = static_cast<double>(measured_ticks) / kTicksPerS;
  for (const double length : kLengths) {
    const bool is_long_enough = length >= 1 || seconds / length <= 10;
    if (is_long_enough && seconds / length <= kMostWindows) return static_cast<uint64_t>(length * kTicksPerS);
  }
  return measured_ticks / kMostWindows + 1;
}

std::optional<double> AtPercentile(const std::vector<uint32_t>& sorted, double percentile) {
  const auto count = static_cast<int64_t>(sorted.size());
  if (count < SamplesNeeded(percentile)) return std::nullopt;
  return TicksToMs(sorted[static_cast<size_t>(NearestRank(percentile, count) - 1)]);
}

}  // namespace

std::vector<LoadWindow> CutIntoWindows(const SampleLog& log, LatencyFrom from, uint64_t measured_ticks) {
  if (measured_ticks == 0) return {};
  const uint64_t length = LengthOf(measured_ticks);
  const size_t count = (measured_ticks + length - 1) / length;
  struct Tally {
    std::vector<uint32_t> latencies;
    int64_t due = 0;
    int64_t answers = 0;
  };
  std::vector<LoadWindow> windows(count);
  std::vector<Tally> tallies(count);
  log.ForEach([&](const Sample& sample) {
    const size_t due = std::min<size_t>(sample.due / length, count - 1);
    ++tallies[due].due;
    if (sample.code == Sample::kNeverSent) return;
    if (sample.code != 0) {
      ++windows[due].errors;
      return;
    }
    ++windows[due].ok;
    tallies[due].latencies.push_back(from == LatencyFrom::kIntention ? sample.whole() : sample.service);
    const uint64_t answered = sample.answered() / length;
    if (answered < count) ++tallies[answered].answers;
  });
  for (size_t i = 0; i < count; ++i) {
    const uint64_t ticks = std::min(length, measured_ticks - i * length);
    const double seconds = static_cast<double>(ticks) / kTicksPerS;
    windows[i].start_ms = TicksToMs(static_cast<double>(i * length));
    windows[i].length_ms = seconds * 1e3;
    windows[i].offered_per_s = static_cast<double>(tallies[i].due) / seconds;
    windows[i].achieved_per_s = static_cast<double>(tallies[i].answers) / seconds;
    std::vector<uint32_t>& latencies = tallies[i].latencies;
    std::sort(latencies.begin(), latencies.end());
    windows[i].p50_ms = AtPercentile(latencies, 50);
    windows[i].p90_ms = AtPercentile(latencies, 90);
    windows[i].p99_ms = AtPercentile(latencies, 99);
    if (!latencies.empty()) windows[i].max_ms = TicksToMs(latencies.back());
  }
  return windows;
}

}  // namespace onebyone
