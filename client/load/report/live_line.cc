#include "client/load/report/live_line.h"

#include <cmath>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/load/report/quantity_text.h"

namespace onebyone {
namespace {

std::string TimeLeft(double ms) {
  const int64_t seconds = std::llround(std::ceil(ms / 1000));
  if (seconds >= 3600) return absl::StrFormat("%d:%02d:%02d left", seconds / 3600, seconds / 60 % 60, seconds % 60);
  return absl::StrFormat("%d:%02d left", seconds / 60, seconds % 60);
}

}  // namespace

std::string LiveLine(const LoadProgress& progress, int columns) {
  int64_t errors = 0;
  for (const auto& [code, count] : progress.codes) errors += code == "OK" ? 0 : count;
  std::vector<std::string> parts;
  parts.push_back(absl::StrCat(progress.phase, " ", LengthText(progress.elapsed_ms),
                               progress.remaining_ms ? absl::StrCat(", ", TimeLeft(*progress.remaining_ms)) : ""));
  parts.push_back(
      absl::StrCat(RateText(progress.achieved_per_s),
                   progress.offered_per_s > 0 ? absl::StrCat(" of ", RateText(progress.offered_per_s)) : ""));
  if (progress.p50_ms || progress.p99_ms) {
    parts.push_back(absl::StrCat(progress.p50_ms ? absl::StrCat("p50 ", MsText(*progress.p50_ms), " ") : "",
                                 progress.p99_ms ? absl::StrCat("p99 ", MsText(*progress.p99_ms), " ") : "", "ms"));
  }
  if (errors > 0) parts.push_back(absl::StrCat(CountText(errors), errors == 1 ? " error" : " errors"));
  parts.push_back(absl::StrCat(CountText(progress.in_flight), " in the air"));
  if (progress.late > 0) parts.push_back(absl::StrCat(CountText(progress.late), " late"));
  if (progress.never_sent > 0) parts.push_back(absl::StrCat(CountText(progress.never_sent), " never sent"));
  std::string line = parts[0].substr(0, static_cast<size_t>(columns > 1 ? columns - 1 : 0));
  for (size_t i = 1; i < parts.size(); ++i) {
    if (line.size() + 2 + parts[i].size() < static_cast<size_t>(columns)) absl::StrAppend(&line, "  ", parts[i]);
  }
  return line;
}

}  // namespace onebyone
