#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace onebyone {

// The whole file. NOT_FOUND where there is none, INVALID_ARGUMENT where it is larger than `max_bytes` or not a regular
// file, UNAVAILABLE where reading fails; each names the path. Standard input for "-" is the caller's business.
absl::StatusOr<std::string> ReadFile(const std::string& path, int64_t max_bytes = int64_t{2} << 30);

// Writes a temporary file beside `path` and renames it, so that a reader never sees half of it; a device or a pipe
// (/dev/stdout) is written into, not replaced. UNAVAILABLE where the
// disk is full or the folder cannot be written, naming the path.
absl::Status WriteFile(const std::string& path, absl::string_view content);

}  // namespace onebyone
