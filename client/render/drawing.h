#pragma once

#include <opencv2/core.hpp>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace onebyone {

// What `draw` returns, encoded by the ending of a file name (".png", ".jpg"). OpenCV's exceptions become statuses here:
// INTERNAL, or RESOURCE_EXHAUSTED where there is no memory; messages begin with `what`.
absl::StatusOr<std::string> EncodeDrawing(absl::string_view what, absl::string_view ending,
                                          absl::FunctionRef<absl::StatusOr<cv::Mat>()> draw);

}  // namespace onebyone
