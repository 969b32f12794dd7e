#include "client/load/report/perf_csv.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace onebyone {
namespace {

constexpr double kPercentiles[] = {50, 90, 95, 99};

// What one row is made of.
struct Row {
  double asked = 0;
  double achieved_per_s = 0;
  std::optional<double> mean_ms;
  std::vector<StageTime> server_stages = {};
  std::vector<StageTime> client_stages = {};
  std::vector<std::optional<double>> percentiles_ms = {};
};

std::string Micros(double ms) { return absl::StrCat(std::llround(ms * 1000)); }
std::string Micros(const std::optional<double>& ms) { return ms.has_value() ? Micros(*ms) : ""; }

// The mean of the stages of these names together.
double MeanOf(const std::vector<StageTime>& stages, std::initializer_list<absl::string_view> names) {
  double sum = 0;
  for (const StageTime& stage : stages) {
    if (std::find(names.begin(), names.end(), stage.name) != names.end()) sum += stage.mean_ms;
  }
  return sum;
}

Row RunRow(const LoadResult& result) {
  const LatencySummary& latency = HeadLatency(result);
  Row row = {.asked = result.plan.loop == LoopKind::kOpen ? result.plan.rate_per_s
                                                          : static_cast<double>(result.plan.concurrency),
             .achieved_per_s = result.good_per_s,
             .mean_ms = result.from_sending.mean_ms,
             .server_stages = result.server_stages,
             .client_stages = result.client_stages};
  for (const double percentile : kPercentiles) {
    const Percentile* entry = FindPercentile(latency, percentile);
    row.percentiles_ms.push_back(entry == nullptr ? std::nullopt : entry->value_ms);
  }
  return row;
}

Row StepRow(const LoadStep& step) {
  return {.asked = step.asked,
          .achieved_per_s = step.achieved_per_s,
          .mean_ms = step.mean_ms,
          .server_stages = step.server_stages,
          .percentiles_ms = {step.p50_ms, step.p90_ms, step.p95_ms, step.p99_ms}};
}

std::string RowText(const Row& row, bool with_server) {
  std::string text = absl::StrFormat("%g,%g", row.asked, std::round(row.achieved_per_s * 100) / 100);
  const double send = MeanOf(row.client_stages, {"send"});
  const double receive = MeanOf(row.client_stages, {"receive"});
  absl::StrAppend(&text, ",", Micros(send));
  if (with_server && row.server_stages.empty()) absl::StrAppend(&text, ",,,,,");  // the server was silent in this step
  if (with_server && !row.server_stages.empty()) {
    const double queue = MeanOf(row.server_stages, {"queue"});
    const double input = MeanOf(row.server_stages, {"decode", "preprocess"});
    const double infer = MeanOf(row.server_stages, {"network"});
    const double output = MeanOf(row.server_stages, {"reduce", "encode"});
    std::optional<double> rest;
    if (row.mean_ms) rest = std::max(0.0, *row.mean_ms - send - receive - queue - input - infer - output);
    absl::StrAppend(&text, ",", Micros(rest), ",", Micros(queue), ",", Micros(input), ",", Micros(infer));
    absl::StrAppend(&text, ",", Micros(output));
  }
  absl::StrAppend(&text, ",", Micros(receive));
  for (const auto& percentile : row.percentiles_ms) absl::StrAppend(&text, ",", Micros(percentile));
  return absl::StrCat(text, "\n");
}

}  // namespace

std::string PerfCsv(const LoadResult& result) {
  std::vector<Row> rows;
  for (const LoadStep& step : result.steps) rows.push_back(StepRow(step));
  if (rows.empty()) rows.push_back(RunRow(result));
  std::stable_sort(rows.begin(), rows.end(),
                   [](const Row& a, const Row& b) { return a.achieved_per_s < b.achieved_per_s; });
  const bool with_server =
      std::any_of(rows.begin(), rows.end(), [](const Row& row) { return !row.server_stages.empty(); });
  const bool by_rate = result.steps.empty() ? result.plan.loop == LoopKind::kOpen : result.step_kind == StepKind::kRate;
  std::string text = absl::StrCat(by_rate ? "Request Rate" : "Concurrency", ",Inferences/Second,Client Send");
  if (with_server) {
    absl::StrAppend(&text,
                    ",Network+Server Send/Recv,Server Queue,Server Compute Input,Server Compute Infer,Server Compute "
                    "Output");
  }
  absl::StrAppend(&text, ",Client Recv");
  for (const double percentile : kPercentiles) absl::StrAppendFormat(&text, ",p%g latency", percentile);
  absl::StrAppend(&text, "\n");
  for (const Row& row : rows) absl::StrAppend(&text, RowText(row, with_server));
  return text;
}

}  // namespace onebyone
