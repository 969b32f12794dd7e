#include "client/load/report/quantity_text.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"

namespace onebyone {
namespace {

// Three digits that count, and no exponent.
std::string ThreeDigits(double value) {
  const double size = std::abs(value);
  if (size >= 999.5) return CountText(std::llround(value));
  if (size == 0) return "0";
  const int whole = static_cast<int>(std::floor(std::log10(size))) + 1;  // digits before the point
  return absl::StrFormat("%.*f", std::clamp(3 - whole, 0, 5), value);
}

}  // namespace

std::string MsText(double ms) { return ThreeDigits(ms); }

std::string MsText(const std::optional<double>& ms) { return ms.has_value() ? MsText(*ms) : "-"; }

std::string PercentileText(const Percentile& percentile, int64_t samples) {
  if (percentile.value_ms.has_value()) return MsText(*percentile.value_ms);
  return absl::StrCat("refused: needs ", CountText(percentile.needed_samples), " samples, has ", CountText(samples));
}

std::string PercentileName(double percentile) { return absl::StrFormat("p%.7g", percentile); }

std::string CountText(int64_t count) {
  const std::string digits = absl::StrCat(count < 0 ? -count : count);
  std::string text = count < 0 ? "-" : "";
  for (size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) text += ',';
    text += digits[i];
  }
  return text;
}

std::string RateText(double per_s) {
  const std::string text = per_s < 999.95 ? absl::StrFormat("%.1f", per_s) : CountText(std::llround(per_s));
  return absl::StrCat(text, "/s");
}

std::string BytesText(double bytes) {
  constexpr std::array kUnits = {"B", "kB", "MB", "GB", "TB"};
  size_t unit = 0;
  while (bytes >= 999.5 && unit + 1 < kUnits.size()) {
    bytes /= 1000;
    ++unit;
  }
  return absl::StrCat(unit == 0 ? absl::StrFormat("%.0f", bytes) : ThreeDigits(bytes), " ", kUnits[unit]);
}

std::string ShareText(double share) {
  if (share > 0 && share < 0.0001) return "<0.01 %";
  return absl::StrFormat(share < 0.1 ? "%.2f %%" : "%.1f %%", 100 * share);
}

std::string LengthText(double ms) {
  if (ms < 999.5) return absl::StrCat(ThreeDigits(ms), " ms");
  if (ms < 120'000) return absl::StrFormat("%.1f s", ms / 1000);
  const int64_t seconds = std::llround(ms / 1000);
  if (seconds < 3600) return absl::StrFormat("%d:%02d", seconds / 60, seconds % 60);
  return absl::StrFormat("%d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

std::string TimeText(int64_t unix_ms) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%S UTC", absl::FromUnixMillis(unix_ms), absl::UTCTimeZone());
}

}  // namespace onebyone
