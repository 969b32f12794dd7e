#pragma once

#include <array>
#include <optional>

#include "absl/strings/string_view.h"
#include "engine/calibration/calibration.h"
#include "engine/calibration/histogram.h"

namespace onebyone {

// How the range of a quantized value follows from the numbers that it was seen to hold.
enum class RangeMethod : uint8_t {
  kMax,         // all of them: nothing saturates, a single outlier makes every step coarse
  kExtreme,     // as far as another picture is likely to reach, from how much the pictures' largest numbers differ
  kPercentile,  // all but 0.01 % of them at each end
  kMse,         // the ends with the least mean squared error, of rounding and of saturation together
};

// Those first that leave the least of other pictures to saturate.
inline constexpr std::array<RangeMethod, 4> kRangeMethods = {RangeMethod::kExtreme, RangeMethod::kMax,
                                                             RangeMethod::kMse, RangeMethod::kPercentile};

// "max", "extreme", "percentile", "mse".
absl::string_view NameOf(RangeMethod method);

// The range, by all methods but kExtreme within the observed one. That of a histogram without numbers is 0 to 0.
ValueRange ChooseRange(const Histogram& histogram, RangeMethod method);

// As far as another picture is likely to reach, never less than `observed`: the mean of the pictures' extremes and four
// standard deviations. An end that is 0 stays.
ValueRange ExtremeRange(const ValueRange& observed, const Spread& lows, const Spread& highs);

// The expected squared error of a number of `histogram` in 8 bits that saturate at -`end` and `end`: 0 to 255 where no
// number is below 0, else -127 to 127.
double QuantizationError(const Histogram& histogram, double end);

}  // namespace onebyone
