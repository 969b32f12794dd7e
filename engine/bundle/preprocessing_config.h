#pragma once

#include "absl/status/statusor.h"
#include "engine/image/preprocessor.h"
#include "onebyone/config/v1/model_config.pb.h"

namespace onebyone {

// The longest side of a network's input that a bundle may ask for.
inline constexpr int64_t kMaxInputSide = 8192;
// The most that its pictures' shorter side may be resized to.
inline constexpr int64_t kMaxResizedSide = 16384;

// 8/7 of the shorter side, rounded (256 for 224, as is usual), but at least the longer one.
int64_t DefaultResizeShorterSide(int64_t width, int64_t height);

// The config's numbers, checked, with defaults where it is silent. INVALID_ARGUMENT naming the field, what was wanted
// and got.
absl::StatusOr<PreprocessOptions> ReadPreprocessing(const config::v1::Preprocessing& config);

config::v1::Preprocessing WritePreprocessing(const PreprocessOptions& options);

}  // namespace onebyone
