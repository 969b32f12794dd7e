#include "client/load/judge/objective.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "client/load/report/quantity_text.h"

namespace onebyone {
namespace {

// Of what was due, this share has to come back within the measured time, less what chance and calls in the air take.
constexpr double kKeptUp = 0.95;

}  // namespace

absl::StatusOr<Objective> ParseObjective(absl::string_view text) {
  const absl::Status wrong = absl::InvalidArgumentError(
      absl::StrCat("want pNN=TIME such as p99=50ms or p99.9=1.5s, NN below 100, got '", text, "'"));
  Objective objective = {.text = std::string(text), .limit = absl::ZeroDuration()};
  const size_t equals = text.find('=');
  if (equals == absl::string_view::npos) return wrong;
  absl::string_view name = text.substr(0, equals);
  if (!absl::ConsumePrefix(&name, "p") || !absl::SimpleAtod(name, &objective.percentile)) return wrong;
  if (!(objective.percentile > 0 && objective.percentile < 100)) return wrong;
  if (!absl::ParseDuration(text.substr(equals + 1), &objective.limit)) return wrong;
  if (objective.limit <= absl::ZeroDuration() || objective.limit > absl::Minutes(5)) return wrong;
  return objective;
}

absl::Duration LongestLimit(const std::vector<Objective>& objectives) {
  absl::Duration longest = absl::ZeroDuration();
  for (const Objective& objective : objectives) longest = std::max(longest, objective.limit);
  return longest;
}

std::string WhyBroken(const LoadResult& result, const std::vector<Objective>& objectives) {
  if (result.due == 0) return "nothing was sent";
  const auto due = static_cast<double>(result.due);
  const double failing = static_cast<double>(ErrorCount(result) + result.never_sent) / due;
  if (failing > kMostFailing) {
    const bool unsent = result.never_sent > ErrorCount(result);
    const std::string first = result.codes.size() > 1 ? result.codes[1].code : "";
    const bool all = !result.codes.empty() && result.codes[0].code != "OK";
    return absl::StrCat(ShareText(failing), " failed", unsent ? ", most never sent" : "",
                        all             ? absl::StrCat(": ", result.codes[0].code)
                        : first.empty() ? ""
                                        : absl::StrCat(": ", first));
  }
  const LatencySummary& latency = HeadLatency(result);
  for (const Objective& objective : objectives) {
    const Percentile* percentile = FindPercentile(latency, objective.percentile);
    if (percentile == nullptr || !percentile->value_ms.has_value()) {
      return absl::StrFormat("%s cannot be told: needs %d answers, has %d", PercentileName(objective.percentile),
                             SamplesNeeded(objective.percentile), latency.count);
    }
    if (*percentile->value_ms > absl::ToDoubleMilliseconds(objective.limit)) {
      return absl::StrCat(PercentileName(objective.percentile), " ", MsText(*percentile->value_ms), " ms");
    }
  }
  if (result.plan.loop == LoopKind::kOpen &&
      result.achieved_per_s < result.offered_per_s * (kKeptUp - 3 / std::sqrt(due))) {
    return absl::StrCat("answers fall behind: ", RateText(result.achieved_per_s), " of ",
                        RateText(result.offered_per_s));
  }
  return "";
}

}  // namespace onebyone
