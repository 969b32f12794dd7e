#pragma once

#include <cstdint>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "engine/image/bmp_layout.h"

namespace onebyone {

// Calls `write(x, row, index)` for every pixel of a BMP coded by run lengths (RLE4, RLE8), rows counted from the first
// in the file, each pixel at most once. INVALID_ARGUMENT where the runs end early or leave pixels out.
absl::Status ReadBmpRuns(const BmpLayout& layout, absl::FunctionRef<absl::Status(int64_t, int64_t, uint32_t)> write);

}  // namespace onebyone
