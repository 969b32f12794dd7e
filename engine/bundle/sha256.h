#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace onebyone {

// SHA-256 of a file in lower-case hexadecimal, read piece by piece. NOT_FOUND where there is none, UNAVAILABLE where
// reading fails; each names the path.
absl::StatusOr<std::string> Sha256OfFile(const std::string& path);

// The same of bytes in memory. UNAVAILABLE where the library has none.
absl::StatusOr<std::string> Sha256Of(absl::string_view content);

}  // namespace onebyone
