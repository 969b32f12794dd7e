#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace onebyone {

// INVALID_ARGUMENT where `address` is not HOST:PORT.
absl::Status CheckMetricsAddress(const std::string& address);

// The body of http://ADDRESS/metrics. UNAVAILABLE, naming the address, where nobody answers within five seconds, or not
// with 200 and at most 16 MiB.
absl::StatusOr<std::string> FetchMetrics(const std::string& address);

}  // namespace onebyone
