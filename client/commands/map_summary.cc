#include "client/commands/map_summary.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "client/feature_values.h"
#include "engine/base/status_macros.h"

namespace onebyone {

absl::StatusOr<std::string> SummarizeMap(const v1::FeatureMap& map) {
  ASSIGN_OR_RETURN(std::vector<float> values, FloatValues(map));
  std::erase_if(values, [](float value) { return !std::isfinite(value); });
  double least = std::numeric_limits<double>::quiet_NaN();
  double most = least;
  double mean = least;
  if (!values.empty()) {
    const auto [least_at, most_at] = std::minmax_element(values.begin(), values.end());
    least = *least_at;
    most = *most_at;
    double sum = 0;
    for (const float value : values) sum += value;
    mean = sum / static_cast<double>(values.size());
  }
  std::string text =
      absl::StrFormat("%s [%s] %s, min %.4g, mean %.4g, max %.4g", map.layer(), absl::StrJoin(map.shape(), ", "),
                      absl::AsciiStrToLower(v1::DataType_Name(map.data_type())), least, mean, most);
  if (!map.reduction().empty()) absl::StrAppend(&text, ", by ", map.reduction());
  if (map.has_explained_variance()) {
    absl::StrAppend(&text, absl::StrFormat(", keeps %.2f %% of the variance", 100 * map.explained_variance()));
  }
  return text;
}

}  // namespace onebyone
