#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "client/load/report/load_result.h"

namespace onebyone {

// Numbers as reports show them. Milliseconds with three digits that count: "0.0853", "4.13", "61.2", "1,240".
std::string MsText(double ms);

// "4.13", or "-" where it is not known.
std::string MsText(const std::optional<double>& ms);

// "61.2", or "refused: needs 1,000 samples, has 240".
std::string PercentileText(const Percentile& percentile, int64_t samples);

// "p99.9"
std::string PercentileName(double percentile);

// "12,400"
std::string CountText(int64_t count);

// "199.8/s", "2,400/s"
std::string RateText(double per_s);

// "2.4 MB", decimal.
std::string BytesText(double bytes);

// "12.5 %"; "<0.01 %" where it is not nothing.
std::string ShareText(double share);

// "850 ms", "12.5 s", "1:02:30" above an hour and "4:10" above two minutes.
std::string LengthText(double ms);

// "2026-11-29 17:04:05 UTC"
std::string TimeText(int64_t unix_ms);

}  // namespace onebyone
