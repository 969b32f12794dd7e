#include "client/load/report/result_table.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "client/commands/text_table.h"
#include "client/load/report/plan_text.h"
#include "client/load/report/quantity_text.h"

namespace onebyone {
namespace {

using Align = TextTable::Align;

constexpr int kLabelWidth = 12;

std::string Line(absl::string_view label, absl::string_view text) {
  return absl::StrFormat("%-*s%s\n", kLabelWidth, label, text);
}

std::string Head(const LoadResult& result) {
  std::string text = absl::StrCat("onebyone load: ", LoopText(result.plan), "\n");
  for (const auto& [label, value] : PlanRows(result)) absl::StrAppend(&text, Line(label, value));
  return text;
}

std::string CodeShare(const LoadResult& result, int64_t count) {
  int64_t all = 0;
  for (const CodeCount& code : result.codes) all += code.count;
  return ShareText(all == 0 ? 0 : static_cast<double>(count) / static_cast<double>(all));
}

std::string Counts(const LoadResult& result) {
  std::string requests =
      absl::StrCat(CountText(result.due), result.plan.loop == LoopKind::kOpen ? " due, " : " started, ",
                   CountText(result.sent), " sent");
  if (result.never_sent > 0) {
    absl::StrAppend(&requests, ", ", CountText(result.never_sent), " never (", CountText(result.plan.max_outstanding),
                    " were in the air)");
  }
  if (result.plan.loop == LoopKind::kOpen) absl::StrAppend(&requests, "; ", LateText(result));
  std::string throughput =
      absl::StrCat("achieved ", RateText(result.achieved_per_s), ", good ", RateText(result.good_per_s));
  if (result.plan.loop == LoopKind::kOpen) {
    throughput = absl::StrCat("offered ", RateText(result.offered_per_s), ", ", throughput);
  }
  const double seconds = result.measured_ms / 1000;
  const auto flow = [seconds](int64_t bytes) {
    const auto size = static_cast<double>(bytes);
    return absl::StrCat(BytesText(size), seconds > 0 ? absl::StrCat(" (", BytesText(size / seconds), "/s)") : "");
  };
  std::string text = Line("requests", requests);
  absl::StrAppend(&text, Line("throughput", throughput));
  absl::StrAppend(&text, Line("bytes", absl::StrCat("out ", flow(result.bytes_out), ", in ", flow(result.bytes_in))));
  absl::StrAppend(&text, Line("client", absl::StrCat(ShareText(result.client_cpu_share), " of ",
                                                     CountText(result.environment.cpus), " CPUs")));
  absl::string_view label = "answers";
  for (const CodeCount& code : result.codes) {
    absl::StrAppend(
        &text, Line(label, absl::StrCat(code.code, " ", CountText(code.count), " (", CodeShare(result, code.count), ")",
                                        code.example.empty() ? "" : absl::StrCat(": ", code.example))));
    label = "";
  }
  return text;
}

std::string IntervalText(const Percentile& percentile) {
  if (!percentile.value_ms || !percentile.interval) return "-";
  return absl::StrCat(MsText(percentile.interval->low), " to ", MsText(percentile.interval->high));
}

// One row for each percentile of either; what it measures from stands above the column.
std::string Latencies(const LoadResult& result) {
  const LatencySummary& head = HeadLatency(result);
  if (head.count == 0) return "No request was answered OK: there is no latency to tell.\n";
  const bool open = result.plan.loop == LoopKind::kOpen;
  std::vector<TextTable::Column> columns = {
      {"latency, ms"}, {open ? "from intention" : "from sending", Align::kRight}, {"95 % interval", Align::kRight}};
  if (open) columns.push_back({"from sending", Align::kRight});
  TextTable table(columns);
  const auto row = [&](std::string name, std::string value, std::string interval, std::string sending) {
    std::vector<std::string> cells = {std::move(name), std::move(value), std::move(interval)};
    if (open) cells.push_back(std::move(sending));
    table.AddRow(std::move(cells));
  };
  std::string refusals;
  for (const Percentile& percentile : head.percentiles) {
    const Percentile* sending = FindPercentile(result.from_sending, percentile.percentile);
    if (!percentile.value_ms) {
      absl::StrAppend(&refusals, PercentileName(percentile.percentile), " is ", PercentileText(percentile, head.count),
                      "\n");
      continue;
    }
    row(PercentileName(percentile.percentile), MsText(percentile.value_ms), IntervalText(percentile),
        sending == nullptr ? "-" : MsText(sending->value_ms));
  }
  row("max", MsText(head.max_ms), "", MsText(result.from_sending.max_ms));
  row("mean", MsText(head.mean_ms), "", MsText(result.from_sending.mean_ms));
  row("min", MsText(head.min_ms), "", MsText(result.from_sending.min_ms));
  row("std. dev.", MsText(head.stddev_ms), "", MsText(result.from_sending.stddev_ms));
  return absl::StrCat(table.ToString(), refusals);
}

std::string Stages(const LoadResult& result) {
  if (result.server_stages.empty()) return "";
  TextTable table({{"stage, ms"}, {"mean", Align::kRight}, {"p50", Align::kRight}, {"p99", Align::kRight}});
  const auto add = [&table](absl::string_view side, const std::vector<StageTime>& stages) {
    for (const StageTime& stage : stages) {
      table.AddRow(
          {absl::StrCat(side, ": ", stage.name), MsText(stage.mean_ms), MsText(stage.p50_ms), MsText(stage.p99_ms)});
    }
  };
  add("server", result.server_stages);
  add("client", result.client_stages);
  return absl::StrCat("\n", table.ToString());
}

std::string Steps(const LoadResult& result) {
  if (result.steps.empty()) return "";
  const bool by_rate = result.step_kind == StepKind::kRate;
  TextTable table({{by_rate ? "offered" : "in the air", Align::kRight},
                   {"achieved", Align::kRight},
                   {"p50, ms", Align::kRight},
                   {"p90, ms", Align::kRight},
                   {"p99, ms", Align::kRight},
                   {"errors", Align::kRight},
                   {"objective"}});
  for (const LoadStep& step : result.steps) {
    table.AddRow({by_rate ? RateText(step.asked) : absl::StrFormat("%g", step.asked), RateText(step.achieved_per_s),
                  MsText(step.p50_ms), MsText(step.p90_ms), MsText(step.p99_ms), ShareText(step.error_share),
                  step.kept ? "kept" : absl::StrCat("broken: ", step.why)});
  }
  return absl::StrCat("\n", table.ToString());
}

std::string Outcomes(const LoadResult& result) {
  std::string text;
  if (result.capacity) absl::StrAppend(&text, "capacity: ", CapacityText(*result.capacity), "\n");
  if (result.replay) {
    absl::StrAppend(&text, "replay: ", CountText(result.replay->changed), " of ", CountText(result.replay->compared),
                    " answers differ from ", result.replay->record, "\n");
    for (const ChangedAnswer& answer : result.replay->examples) {
      absl::StrAppend(&text, "  request ", answer.request, ", ", answer.picture, ": recorded ", answer.recorded,
                      ", got ", answer.got, "\n");
    }
  }
  for (const LoadCheck& check : result.checks) {
    absl::StrAppend(&text, check.failed ? "FAILED: " : "passed: ", check.got, "; fails if ", check.condition, "\n");
  }
  for (const std::string& warning : AllWarnings(result)) absl::StrAppend(&text, "warning: ", warning, "\n");
  return text.empty() ? "" : absl::StrCat("\n", text);
}

}  // namespace

std::string ResultTable(const LoadResult& result) {
  return absl::StrCat(Head(result), "\n", Counts(result), "\n", Latencies(result), Stages(result), Steps(result),
                      Outcomes(result));
}

}  // namespace onebyone
