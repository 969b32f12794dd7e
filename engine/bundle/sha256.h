#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace onebyone {

// SHA-256 of a file in lower-case hexadecimal, read piece by piece. NOT_FOUND where there is none, UNAVAILABLE where
// reading fails; each names the path.
absl::StatusOr<std::string> Sha256OfFile(const std::string& path);

// The same of bytes in memory. UNAVAILABLE where the library has none.
absl::StatusOr<std::string> Sha256Of(absl::string_view content);

// The sum itself of several pieces as if they were one, for where it is taken often: nothing is looked up or converted.
// UNAVAILABLE where the library has none. Thread-safe.
using Sha256Digest = std::array<uint8_t, 32>;
absl::StatusOr<Sha256Digest> Sha256OfPieces(absl::Span<const absl::string_view> pieces);

}  // namespace onebyone
