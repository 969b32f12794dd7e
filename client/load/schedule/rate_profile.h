#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace onebyone {

// A piece of time in which the rate changes evenly.
struct RateSegment {
  double seconds = 0;
  double from_per_s = 0;
  double to_per_s = 0;
};

// How many requests a second are wanted, over time: a constant rate, a ramp, steps. Immutable.
class RateProfile {
 public:
  // INVALID_ARGUMENT for no segment, lengths that are not above 0, rates below 0, over 1,000,000/s or all 0.
  static absl::StatusOr<RateProfile> Create(std::vector<RateSegment> segments);

  // "100:10,200:20": 100/s for 10 seconds, then 200/s for 20. INVALID_ARGUMENT for anything else.
  static absl::StatusOr<RateProfile> ParseSteps(absl::string_view text);
  // "10:500": from 10/s to 500/s within `seconds`.
  static absl::StatusOr<RateProfile> ParseRamp(absl::string_view text, double seconds);

  // Seconds from the start until so many requests are due; nothing where the profile ends before.
  std::optional<double> MomentOf(double requests) const;

  double seconds() const { return seconds_; }
  double requests() const { return requests_; }  // in all
  double first_per_s() const { return segments_.front().from_per_s; }
  double mean_per_s() const { return requests_ / seconds_; }

  // "200/s", "10/s to 500/s", "steps 100/s, 200/s".
  std::string InWords() const;

 private:
  explicit RateProfile(std::vector<RateSegment> segments);

  std::vector<RateSegment> segments_;
  double seconds_ = 0;
  double requests_ = 0;
};

}  // namespace onebyone
