#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "engine/image/preprocessor.h"
#include "engine/runtime/cancellation.h"
#include "engine/tensor/tensor.h"
#include "engine/tensor/tensor_view.h"
#include "engine/workbench/progress.h"

namespace onebyone {

// What features are worth that need no network: the pixels themselves.
inline constexpr int64_t kRawSide = 32;
inline constexpr int64_t kRawDimension = 3 * kRawSide * kRawSide;

// Averages `picture`, float32 [1, 3, H, W], to 32 x 32: cell i of n pixels covers those from i * n / 32 to (i + 1) * n
// / 32, the first rounded down and the last up. `pixels`: kRawDimension numbers, channel by channel.
void AverageToRawSide(const ConstTensorView& picture, absl::Span<float> pixels);

struct RawPixels {
  Tensor pixels;                      // float32 [files, kRawDimension]
  std::vector<absl::Status> reading;  // of each file; where it is an error, its row is zeros
};

// The pictures as `preprocess` resizes and crops them, in plain RGB from 0 to 255 whatever it would make of the pixels,
// averaged to 32 x 32. Errors of a file alone are in `reading`; RESOURCE_EXHAUSTED and those of `cancellation` end it.
absl::StatusOr<RawPixels> ReadRawPixels(const std::vector<std::string>& paths, const PreprocessOptions& preprocess,
                                        int threads, const Cancellation& cancellation, Progress& progress);

}  // namespace onebyone
