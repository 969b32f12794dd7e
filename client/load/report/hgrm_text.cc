#include "client/load/report/hgrm_text.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace onebyone {

std::string HgrmText(const LatencySummary& summary) {
  std::string text =
      absl::StrFormat("%12s %14s %10s %14s\n\n", "Value", "Percentile", "TotalCount", "1/(1-Percentile)");
  for (const CurvePoint& point : summary.curve) {
    const double level = point.percentile / 100;
    absl::StrAppendFormat(&text, "%12.3f %2.12f %10d", point.value_ms, level, point.count);
    if (point.percentile < 100) absl::StrAppendFormat(&text, " %14.2f", 1 / (1 - level));
    absl::StrAppend(&text, "\n");
  }
  absl::StrAppendFormat(&text, "#[Mean    = %12.3f, StdDeviation   = %12.3f]\n", summary.mean_ms, summary.stddev_ms);
  absl::StrAppendFormat(&text, "#[Max     = %12.3f, Total count    = %12d]\n", summary.max_ms, summary.count);
  absl::StrAppendFormat(&text, "#[Buckets = %12d, SubBuckets     = %12d]\n", 1, summary.count);
  return text;
}

}  // namespace onebyone
