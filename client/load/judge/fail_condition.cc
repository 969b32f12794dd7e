#include "client/load/judge/fail_condition.h"

#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "client/load/report/quantity_text.h"

namespace onebyone {
namespace {

enum class Unit { kMs, kShare, kRate, kCount };

std::optional<Unit> UnitOf(const std::string& figure) {
  if (figure == "mean" || figure == "max") return Unit::kMs;
  if (figure == "errors" || figure == "never_sent" || figure == "late") return Unit::kShare;
  if (figure == "offered" || figure == "achieved" || figure == "good") return Unit::kRate;
  if (figure == "changed") return Unit::kCount;
  return std::nullopt;
}

bool ParseLimit(absl::string_view text, Unit unit, double& limit) {
  absl::Duration duration;
  switch (unit) {
    case Unit::kMs:
      if (!absl::ParseDuration(text, &duration)) return false;
      limit = absl::ToDoubleMilliseconds(duration);
      return true;
    case Unit::kShare:
      if (absl::ConsumeSuffix(&text, "%")) {
        if (!absl::SimpleAtod(text, &limit)) return false;
        limit /= 100;
        return true;
      }
      return absl::SimpleAtod(text, &limit);
    case Unit::kRate: absl::ConsumeSuffix(&text, "/s"); return absl::SimpleAtod(text, &limit);
    case Unit::kCount: return absl::SimpleAtod(text, &limit);
  }
  return false;
}

double Share(int64_t part, int64_t whole) {
  return whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : 0;
}

// Nothing where too few samples support it.
std::optional<double> Measured(const FailCondition& condition, const LoadResult& result) {
  const LatencySummary& latency = HeadLatency(result);
  const std::string& figure = condition.figure;
  if (figure == "errors") return Share(ErrorCount(result), result.due);
  if (figure == "never_sent") return Share(result.never_sent, result.due);
  if (figure == "late") return Share(result.late, result.due);
  if (figure == "offered") return result.offered_per_s;
  if (figure == "achieved") return result.achieved_per_s;
  if (figure == "good") return result.good_per_s;
  if (figure == "changed") return result.replay.has_value() ? static_cast<double>(result.replay->changed) : 0;
  if (latency.count == 0) return std::nullopt;
  if (figure == "mean") return latency.mean_ms;
  if (figure == "max") return latency.max_ms;
  const Percentile* percentile = FindPercentile(latency, condition.percentile);
  return percentile == nullptr ? std::nullopt : percentile->value_ms;
}

std::string InWords(const FailCondition& condition, double value) {
  switch (UnitOf(condition.figure).value_or(Unit::kMs)) {
    case Unit::kMs: return absl::StrCat(condition.figure, " ", MsText(value), " ms");
    case Unit::kShare: return absl::StrCat(condition.figure, " ", ShareText(value));
    case Unit::kRate: return absl::StrCat(condition.figure, " ", RateText(value));
    case Unit::kCount: return absl::StrFormat("%s %g", condition.figure, value);
  }
  return "";
}

}  // namespace

absl::StatusOr<FailCondition> ParseFailCondition(absl::string_view text) {
  const absl::Status wrong = absl::InvalidArgumentError(absl::StrCat(
      "want FIGURE>LIMIT or FIGURE<LIMIT such as p99>50ms, mean>10ms, max>1s, errors>0.1%, never_sent>0, late>1%, "
      "offered<100, achieved<100, good<100, changed>0, got '",
      text, "'"));
  FailCondition condition = {.text = std::string(text), .figure = ""};
  const size_t sign = text.find_first_of("<>");
  if (sign == absl::string_view::npos) return wrong;
  condition.figure = std::string(absl::StripAsciiWhitespace(text.substr(0, sign)));
  condition.comparison = text[sign];
  absl::string_view limit = text.substr(sign + 1);
  condition.or_equal = absl::ConsumePrefix(&limit, "=");
  std::optional<Unit> unit = UnitOf(condition.figure);
  absl::string_view name = condition.figure;
  if (!unit.has_value() && absl::ConsumePrefix(&name, "p") && absl::SimpleAtod(name, &condition.percentile) &&
      condition.percentile > 0 && condition.percentile < 100) {
    unit = Unit::kMs;
  }
  if (!unit.has_value() || !ParseLimit(absl::StripAsciiWhitespace(limit), *unit, condition.limit)) return wrong;
  return condition;
}

LoadCheck Check(const FailCondition& condition, const LoadResult& result) {
  LoadCheck check = {.condition = condition.text, .got = "", .failed = true};
  const std::optional<double> value = Measured(condition, result);
  if (!value.has_value()) {
    const int64_t needed = condition.percentile > 0 ? SamplesNeeded(condition.percentile) : 1;
    check.got = absl::StrFormat("%s cannot be told: needs %s answers, has %s", condition.figure, CountText(needed),
                                CountText(HeadLatency(result).count));
    return check;
  }
  check.got = InWords(condition, *value);
  const bool beyond = condition.comparison == '>' ? *value > condition.limit : *value < condition.limit;
  check.failed = beyond || (condition.or_equal && *value == condition.limit);
  return check;
}

}  // namespace onebyone
