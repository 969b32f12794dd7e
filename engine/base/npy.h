#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace onebyone {

// NumPy's .npy file format, version 1.0 (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html),
// little-endian and in C order.
struct NpyArray {
  std::string descr;  // element type as NumPy spells it: "<f4", "<f2", "|u1", "<i8", ...
  std::vector<int64_t> shape;
  std::string content;  // the elements
};

// The bytes of a .npy file; `content` holds the elements.
std::string FormatNpy(absl::string_view descr, absl::Span<const int64_t> shape, absl::string_view content);

// INVALID_ARGUMENT for what is no .npy file, is in Fortran order, is big-endian, or whose size does not fit its shape.
absl::StatusOr<NpyArray> ParseNpy(absl::string_view file);

}  // namespace onebyone
