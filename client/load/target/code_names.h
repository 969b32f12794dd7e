#pragma once

#include <grpcpp/support/status.h>

#include <string>

#include "absl/status/status.h"

namespace onebyone {

// "OK", "RESOURCE_EXHAUSTED": gRPC's and Abseil's numbers are the same.
inline std::string CodeName(int code) {
  const std::string name = absl::StatusCodeToString(static_cast<absl::StatusCode>(code));
  return name.empty() ? "UNKNOWN" : name;
}

}  // namespace onebyone
