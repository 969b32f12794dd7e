#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace onebyone {

using MetricLabels = std::map<std::string, std::string>;

// One line of a Prometheus text exposition. A histogram is lines `NAME_bucket` with label `le`, `NAME_sum` and
// `NAME_count`.
struct MetricSample {
  std::string name;
  MetricLabels labels;
  double value = 0;
};

// The samples of a text in Prometheus' format 0.0.4, in its order; comments and timestamps are left out.
// INVALID_ARGUMENT names the first line that is none.
absl::StatusOr<std::vector<MetricSample>> ParseMetrics(absl::string_view text);

}  // namespace onebyone
