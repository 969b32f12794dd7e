#include "engine/base/progress_bar.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace onebyone {
namespace {

constexpr int kWidestBar = 40;

std::string FormatTimeLeft(double seconds) {
  const auto whole = static_cast<int64_t>(std::min(seconds, 359999.0) + 0.5);
  if (whole >= 3600) return absl::StrFormat("%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60);
  return absl::StrFormat("%d:%02d", whole / 60, whole % 60);
}

}  // namespace

std::string FormatProgress(int64_t completed, int64_t total, absl::Duration elapsed, int columns) {
  const double seconds = absl::ToDoubleSeconds(elapsed);
  const double rate = seconds > 0 ? static_cast<double>(completed) / seconds : 0;
  std::string figures = absl::StrCat(" ", completed, "/", total);
  if (rate > 0) {
    const auto left = static_cast<double>(total - completed) / rate;
    absl::StrAppend(&figures, absl::StrFormat("  %.1f images/s  %s left", rate, FormatTimeLeft(left)));
  }
  const int bar_width = std::min(kWidestBar, columns - static_cast<int>(figures.size()) - 3);
  if (bar_width < 4) return figures.substr(0, static_cast<size_t>(std::max(columns - 1, 0)));
  const auto filled = static_cast<size_t>(total > 0 ? completed * bar_width / total : 0);
  return absl::StrCat("[", std::string(filled, '#'), std::string(static_cast<size_t>(bar_width) - filled, '.'), "]",
                      figures);
}

}  // namespace onebyone
