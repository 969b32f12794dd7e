#include "client/load/judge/result_figures.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "client/load/judge/load_windows.h"
#include "client/load/judge/warnings.h"
#include "client/load/measure/latencies.h"
#include "client/load/target/code_names.h"

namespace onebyone {
namespace {

std::vector<CodeCount> CountCodes(const MeasuredCalls& calls) {
  std::vector<CodeCount> codes;
  for (const auto& [code, tally] : calls.codes) codes.push_back({CodeName(code), tally.count, tally.example});
  std::stable_sort(codes.begin(), codes.end(), [](const CodeCount& a, const CodeCount& b) {
    if ((a.code == "OK") != (b.code == "OK")) return a.code == "OK";
    return a.count > b.count;
  });
  return codes;
}

// Rates and lateness.
void Count(const LoadRunOutcome& outcome, LoadResult& result) {
  const MeasuredCalls& calls = outcome.calls;
  int64_t worst_late = 0;
  calls.samples.ForEach([&](const Sample& sample) {
    ++result.due;
    if (sample.code == Sample::kNeverSent) return;
    if (sample.late > CallLog::kLateNs / kTickNs) ++result.late;
    worst_late = std::max<int64_t>(worst_late, sample.late);
  });
  result.due += calls.unfinished;
  result.never_sent = calls.never_sent;
  result.sent = result.due - result.never_sent;
  result.late_after_ms = static_cast<double>(CallLog::kLateNs) / 1e6;
  result.worst_late_ms = TicksToMs(static_cast<double>(worst_late));
  const double seconds = static_cast<double>(calls.to_ns - calls.from_ns) / 1e9;
  if (seconds <= 0) return;
  result.offered_per_s = static_cast<double>(result.due) / seconds;
  result.achieved_per_s = static_cast<double>(calls.answered_inside) / seconds;
  result.good_per_s = static_cast<double>(calls.good_inside) / seconds;
}

void AddStages(const MeasuredCalls& calls, LoadResult& result) {
  const LatencySummary& sending = result.from_sending;
  const auto value = [&sending](double percentile) {
    const Percentile* entry = FindPercentile(sending, percentile);
    return entry == nullptr ? std::nullopt : entry->value_ms;
  };
  if (sending.count > 0) {
    result.client_stages.push_back(
        {.name = "whole", .mean_ms = sending.mean_ms, .p50_ms = value(50), .p99_ms = value(99)});
  }
  if (calls.outside_server.count() == 0) return;
  result.client_stages.push_back(calls.outside_server.Summarize("outside the server"));
  for (size_t i = 0; i < kServerStages; ++i) {
    result.server_stages.push_back(calls.server_stages[i].Summarize(kServerStageNames[i]));
  }
}

}  // namespace

LoadResult FiguresOf(const LoadRunOutcome& outcome, const FigureOptions& options) {
  const MeasuredCalls& calls = outcome.calls;
  LoadResult result;
  result.plan.loop = options.loop;
  result.start_unix_ms = outcome.start_unix_ms;
  result.measured_ms = static_cast<double>(calls.to_ns - calls.from_ns) / 1e6;
  result.ended = outcome.ended;
  result.warm_up = outcome.warm_up;
  Count(outcome, result);
  result.codes = CountCodes(calls);
  result.bytes_out = calls.bytes_out;
  result.bytes_in = calls.bytes_in;
  const auto ticks = static_cast<uint64_t>((calls.to_ns - calls.from_ns) / kTickNs);
  const bool open = options.loop == LoopKind::kOpen;
  // One after the other: each holds 4 bytes a call while it lasts.
  result.from_sending = Latencies(calls.samples, LatencyFrom::kSending, ticks).Summarize(options.percentiles);
  result.from_intention = open ? Latencies(calls.samples, LatencyFrom::kIntention, ticks).Summarize(options.percentiles)
                               : result.from_sending;
  result.windows = CutIntoWindows(calls.samples, open ? LatencyFrom::kIntention : LatencyFrom::kSending, ticks);
  AddStages(calls, result);
  result.client_cpu_share = outcome.client_cpu_share;
  result.warnings = WarningsOf(result);
  return result;
}

LoadStep StepOf(const LoadResult& result, double asked) {
  const LatencySummary& latency = HeadLatency(result);
  const auto value = [&latency](double percentile) {
    const Percentile* entry = FindPercentile(latency, percentile);
    return entry == nullptr ? std::nullopt : entry->value_ms;
  };
  LoadStep step;
  step.asked = asked;
  const int64_t failing = ErrorCount(result) + result.never_sent;
  const int64_t answered = latency.count + ErrorCount(result);
  if (answered > 0) {
    step.achieved_per_s = result.achieved_per_s * static_cast<double>(latency.count) / static_cast<double>(answered);
  }
  if (latency.count > 0) step.mean_ms = latency.mean_ms;
  step.p50_ms = value(50);
  step.p90_ms = value(90);
  step.p95_ms = value(95);
  step.p99_ms = value(99);
  step.error_share = result.due > 0 ? static_cast<double>(failing) / static_cast<double>(result.due) : 0;
  step.server_stages = result.server_stages;
  return step;
}

}  // namespace onebyone
