#include "client/load/schedule/rate_profile.h"

#include <cmath>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "engine/base/status_macros.h"

namespace onebyone {
namespace {

// More than any client sends; it keeps a typing error from being taken for a plan.
constexpr double kMaxPerS = 1e6;

double RequestsOf(const RateSegment& segment) { return segment.seconds * (segment.from_per_s + segment.to_per_s) / 2; }

// Seconds from the start of the segment until `requests` are due: the root of from t + (to - from) t^2 / 2 s, in the
// form that stays exact where the slope is 0.
double MomentWithin(const RateSegment& segment, double requests) {
  const double slope = (segment.to_per_s - segment.from_per_s) / segment.seconds;
  const double root = std::sqrt(std::max(0.0, segment.from_per_s * segment.from_per_s + 2 * slope * requests));
  const double sum = segment.from_per_s + root;
  return sum == 0 ? 0 : 2 * requests / sum;
}

absl::StatusOr<std::pair<double, double>> ParsePair(absl::string_view text, absl::string_view wanted) {
  const std::vector<absl::string_view> parts = absl::StrSplit(text, ':');
  std::pair<double, double> numbers;
  if (parts.size() == 2 && absl::SimpleAtod(parts[0], &numbers.first) && absl::SimpleAtod(parts[1], &numbers.second)) {
    return numbers;
  }
  return absl::InvalidArgumentError(absl::StrCat("want ", wanted, ", got '", text, "'"));
}

}  // namespace

absl::StatusOr<RateProfile> RateProfile::Create(std::vector<RateSegment> segments) {
  if (segments.empty()) return absl::InvalidArgumentError("rate: want at least one piece of time, got none");
  for (const RateSegment& segment : segments) {
    if (!(segment.seconds > 0) || !std::isfinite(segment.seconds)) {
      return absl::InvalidArgumentError(absl::StrCat("rate: want more than 0 seconds, got ", segment.seconds));
    }
    for (const double rate : {segment.from_per_s, segment.to_per_s}) {
      if (rate >= 0 && rate <= kMaxPerS) continue;
      return absl::InvalidArgumentError(
          absl::StrFormat("rate: want 0 to %.0f requests a second, got %g", kMaxPerS, rate));
    }
  }
  RateProfile profile(std::move(segments));
  if (!(profile.requests() > 0)) return absl::InvalidArgumentError("rate: want more than 0 requests a second, got 0");
  return profile;
}

RateProfile::RateProfile(std::vector<RateSegment> segments) : segments_(std::move(segments)) {
  for (const RateSegment& segment : segments_) {
    seconds_ += segment.seconds;
    requests_ += RequestsOf(segment);
  }
}

absl::StatusOr<RateProfile> RateProfile::ParseSteps(absl::string_view text) {
  std::vector<RateSegment> segments;
  for (const absl::string_view step : absl::StrSplit(text, ',')) {
    ASSIGN_OR_RETURN(const auto numbers, ParsePair(step, "RATE:SECONDS,RATE:SECONDS,..."));
    segments.push_back({numbers.second, numbers.first, numbers.first});
  }
  return Create(std::move(segments));
}

absl::StatusOr<RateProfile> RateProfile::ParseRamp(absl::string_view text, double seconds) {
  ASSIGN_OR_RETURN(const auto rates, ParsePair(text, "FROM:TO, requests a second"));
  return Create({{seconds, rates.first, rates.second}});
}

std::optional<double> RateProfile::MomentOf(double requests) const {
  double start = 0;
  for (const RateSegment& segment : segments_) {
    const double here = RequestsOf(segment);
    // Sums of fractions end a little beside the whole number that they mean; that one belongs to the next segment.
    if (requests < here - 1e-6) return start + MomentWithin(segment, requests);
    requests = std::max(0.0, requests - here);
    start += segment.seconds;
  }
  return std::nullopt;
}

std::string RateProfile::InWords() const {
  const RateSegment& first = segments_.front();
  if (segments_.size() == 1 && first.from_per_s == first.to_per_s) return absl::StrFormat("%.4g/s", first.from_per_s);
  if (segments_.size() == 1) return absl::StrFormat("%.4g/s to %.4g/s", first.from_per_s, first.to_per_s);
  return absl::StrCat("steps ", absl::StrJoin(segments_, ", ", [](std::string* out, const RateSegment& segment) {
                        absl::StrAppendFormat(out, "%.4g/s for %g s", segment.from_per_s, segment.seconds);
                      }));
}

}  // namespace onebyone
