#include "client/load/report/comparison.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "client/load/report/mann_whitney.h"
#include "client/load/report/quantity_text.h"
#include "client/load/report/run_differences.h"

namespace onebyone {
namespace {

constexpr double kZ99 = 2.5758;  // 99 %, for several figures are compared at once
constexpr double kZ95 = 1.9600;  // of LatencySummary's intervals
constexpr size_t kMostWindows = 400;

enum class Wanted { kLess, kMore };

double MedianOf(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

// At most kMostWindows values: medians of as many neighbours as it takes.
std::vector<double> Condensed(std::vector<double> values) {
  if (values.size() <= kMostWindows) return values;
  const size_t together = (values.size() + kMostWindows - 1) / kMostWindows;
  std::vector<double> medians;
  for (size_t i = 0; i + together <= values.size(); i += together) {
    const auto first = values.begin() + static_cast<std::ptrdiff_t>(i);
    medians.push_back(MedianOf({first, first + static_cast<std::ptrdiff_t>(together)}));
  }
  return medians;
}

std::string PercentText(double change) { return absl::StrFormat("%+.1f %%", 100 * change); }

Verdict VerdictOf(const Interval& change, double typical, double tolerance, Wanted wanted) {
  if ((change.low <= 0 && change.high >= 0) || std::abs(typical) <= tolerance) return Verdict::kSame;
  return (change.low > 0) == (wanted == Wanted::kMore) ? Verdict::kBetter : Verdict::kWorse;
}

// Judges a figure by what its windows say.
void JudgeByWindows(const Shift& shift, size_t a_windows, size_t b_windows, double tolerance, Wanted wanted,
                    ComparedFigure& figure) {
  figure.interval = Interval{.low = shift.interval.low - 1, .high = shift.interval.high - 1};
  figure.verdict = VerdictOf(*figure.interval, shift.ratio - 1, tolerance, wanted);
  figure.how = absl::StrCat("Mann-Whitney on ", a_windows, " and ", b_windows, " windows");
  if (!figure.change) return;
  const bool outside =
      *figure.change < figure.interval->low - tolerance || *figure.change > figure.interval->high + tolerance;
  if (!outside) return;
  // The windows agree and the whole does not: what few windows did, and by chance or not, nobody can say.
  figure.verdict = Verdict::kUnknown;
  figure.how = absl::StrCat("few windows make the difference: a typical one changed by ", PercentText(shift.ratio - 1),
                            "; a longer run would tell");
}

void JudgeByIntervals(const Percentile& a, const Percentile& b, double tolerance, ComparedFigure& figure) {
  if (a.interval->low <= 0 || b.interval->low <= 0) return;
  const auto deviation = [](const Interval& interval) { return std::log(interval.high / interval.low) / (2 * kZ95); };
  const double half = kZ99 * std::hypot(deviation(*a.interval), deviation(*b.interval));
  const double shift = std::log(*b.value_ms / *a.value_ms);
  figure.interval = Interval{.low = std::exp(shift - half) - 1, .high = std::exp(shift + half) - 1};
  figure.verdict = VerdictOf(*figure.interval, *figure.change, tolerance, Wanted::kLess);
  figure.how = "the intervals of both runs";
}

std::vector<double> WindowsOf(const LoadResult& run, std::optional<double> LoadWindow::*field) {
  std::vector<double> values;
  for (const LoadWindow& window : run.windows) {
    if ((window.*field).has_value()) values.push_back(*(window.*field));
  }
  return Condensed(std::move(values));
}

std::optional<double> LoadWindow::*WindowField(double percentile) {
  if (percentile == 50) return &LoadWindow::p50_ms;
  if (percentile == 90) return &LoadWindow::p90_ms;
  return percentile == 99 ? &LoadWindow::p99_ms : nullptr;
}

void SetChange(ComparedFigure& figure) {
  if (figure.a && figure.b && *figure.a > 0) figure.change = *figure.b / *figure.a - 1;
}

ComparedFigure ComparePercentile(const LoadResult& a, const LoadResult& b, const Percentile& before,
                                 const Percentile& after, double tolerance) {
  ComparedFigure figure = {
      .name = absl::StrCat(PercentileName(before.percentile), ", ms"), .a = before.value_ms, .b = after.value_ms};
  SetChange(figure);
  for (const auto& [run, entry, name] : {std::tuple{&a, &before, "A"}, std::tuple{&b, &after, "B"}}) {
    if (entry->value_ms) continue;
    figure.how = absl::StrCat(name, " ", PercentileText(*entry, HeadLatency(*run).count));
    return figure;
  }
  if (const auto field = WindowField(before.percentile); field != nullptr) {
    const std::vector<double> a_windows = WindowsOf(a, field);
    const std::vector<double> b_windows = WindowsOf(b, field);
    if (const auto shift = RatioOfMedians(a_windows, b_windows, kZ99)) {
      JudgeByWindows(*shift, a_windows.size(), b_windows.size(), tolerance, Wanted::kLess, figure);
      return figure;
    }
  }
  figure.how = "too few windows to tell";
  if (figure.change && before.interval && after.interval) JudgeByIntervals(before, after, tolerance, figure);
  return figure;
}

ComparedFigure CompareThroughput(const LoadResult& a, const LoadResult& b, double tolerance) {
  ComparedFigure figure = {.name = "good throughput, /s", .a = a.good_per_s, .b = b.good_per_s};
  SetChange(figure);
  const auto windows_of = [](const LoadResult& run) {
    std::vector<double> values;
    for (const LoadWindow& window : run.windows) {
      const double half_request = window.length_ms > 0 ? 500 / window.length_ms : 0.5;  // stands for a window of none
      values.push_back(std::max(window.achieved_per_s, half_request));
    }
    return Condensed(std::move(values));
  };
  const std::vector<double> a_windows = windows_of(a);
  const std::vector<double> b_windows = windows_of(b);
  figure.how = "too few windows to tell";
  if (const auto shift = RatioOfMedians(a_windows, b_windows, kZ99)) {
    JudgeByWindows(*shift, a_windows.size(), b_windows.size(), tolerance, Wanted::kMore, figure);
  }
  return figure;
}

// Wilson's interval of a share.
Interval ShareInterval(double failed, double all) {
  const double share = failed / all;
  const double square = kZ99 * kZ99 / all;
  const double middle = share + square / 2;
  const double half = kZ99 * std::sqrt(share * (1 - share) / all + square / all / 4);
  return {.low = (middle - half) / (1 + square), .high = (middle + half) / (1 + square)};
}

// Newcombe's interval of the difference of two shares.
ComparedFigure CompareFailures(const LoadResult& a, const LoadResult& b) {
  ComparedFigure figure = {.name = "requests not answered OK", .is_share = true, .how = "no requests to count"};
  if (a.due <= 0 || b.due <= 0) return figure;
  const auto failed_of = [](const LoadResult& run) { return static_cast<double>(ErrorCount(run) + run.never_sent); };
  const auto a_all = static_cast<double>(a.due);
  const auto b_all = static_cast<double>(b.due);
  figure.a = std::min(1.0, failed_of(a) / a_all);
  figure.b = std::min(1.0, failed_of(b) / b_all);
  figure.change = *figure.b - *figure.a;
  const Interval before = ShareInterval(*figure.a * a_all, a_all);
  const Interval after = ShareInterval(*figure.b * b_all, b_all);
  figure.interval = Interval{.low = *figure.change - std::hypot(*figure.b - after.low, before.high - *figure.a),
                             .high = *figure.change + std::hypot(after.high - *figure.b, *figure.a - before.low)};
  figure.verdict = VerdictOf(*figure.interval, *figure.change, 0, Wanted::kLess);
  figure.how = absl::StrCat("Newcombe on ", CountText(a.due), " and ", CountText(b.due), " requests");
  return figure;
}

ComparedFigure CompareCapacity(const FoundCapacity& a, const FoundCapacity& b, double tolerance) {
  ComparedFigure figure = {
      .name = "capacity, /s", .a = a.per_s, .b = b.per_s, .how = "none was found in one of the runs"};
  if (!a.per_s || !b.per_s) return figure;
  SetChange(figure);
  if (!a.broken_per_s || !b.broken_per_s) {
    figure.how = "one search did not come to a rate that broke the objective";
    return figure;
  }
  // What is known of a capacity is that it lies between a rate that kept the objective and one that broke it.
  const bool apart = *a.broken_per_s <= *b.per_s || *b.broken_per_s <= *a.per_s;
  figure.how = apart ? "the last steps of the searches lie apart" : "the last steps of the searches overlap";
  const double change = figure.change.value_or(0);
  figure.verdict = !apart || std::abs(change) <= tolerance ? Verdict::kSame
                   : change > 0                            ? Verdict::kBetter
                                                           : Verdict::kWorse;
  return figure;
}

std::string Names(const std::vector<ComparedFigure>& figures, Verdict verdict) {
  std::vector<std::string> names;
  for (const ComparedFigure& figure : figures) {
    if (figure.verdict == verdict) names.push_back(figure.name.substr(0, figure.name.find(',')));
  }
  return absl::StrJoin(names, ", ");
}

void Conclude(Comparison& comparison) {
  const std::string worse = Names(comparison.figures, Verdict::kWorse);
  const std::string better = Names(comparison.figures, Verdict::kBetter);
  const std::string unknown = Names(comparison.figures, Verdict::kUnknown);
  const std::string also = unknown.empty() ? "" : absl::StrCat("; cannot be told: ", unknown);
  if (!worse.empty()) {
    comparison.verdict = Verdict::kWorse;
    comparison.sentence =
        absl::StrCat("B is worse: ", worse, better.empty() ? "" : absl::StrCat("; better: ", better), also);
  } else if (!better.empty()) {
    comparison.verdict = Verdict::kBetter;
    comparison.sentence = absl::StrCat("B is better: ", better, also);
  } else if (!Names(comparison.figures, Verdict::kSame).empty()) {
    comparison.verdict = Verdict::kSame;
    comparison.sentence = absl::StrCat("no difference beyond noise", also);
  } else {
    comparison.sentence = "too little to tell a difference by: run longer";
  }
}

}  // namespace

Comparison CompareRuns(const LoadResult& a, const LoadResult& b, const CompareOptions& options) {
  Comparison comparison;
  FindDifferences(a, b, comparison);
  if (a.capacity && b.capacity) {
    comparison.figures.push_back(CompareCapacity(*a.capacity, *b.capacity, options.tolerance));
  }
  // A search is a row of runs, of which latencies all together say nothing.
  if (a.steps.empty() && b.steps.empty()) {
    comparison.figures.push_back(CompareThroughput(a, b, options.tolerance));
    for (const Percentile& before : HeadLatency(a).percentiles) {
      const Percentile* after = FindPercentile(HeadLatency(b), before.percentile);
      if (after == nullptr) continue;
      comparison.figures.push_back(ComparePercentile(a, b, before, *after, options.tolerance));
    }
    comparison.figures.push_back(CompareFailures(a, b));
  }
  Conclude(comparison);
  return comparison;
}

std::string VerdictText(Verdict verdict) {
  switch (verdict) {
    case Verdict::kSame: return "same";
    case Verdict::kBetter: return "better";
    case Verdict::kWorse: return "worse";
    case Verdict::kUnknown: break;
  }
  return "cannot be told";
}

}  // namespace onebyone
