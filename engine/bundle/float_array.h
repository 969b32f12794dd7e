#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/tensor/tensor.h"

namespace onebyone {

// Weights ([K, C], rank 2) or bias ([K], rank 1) of a 1x1 convolution from a .npy file of little-endian float32.
// INVALID_ARGUMENT, beginning with the path, where there is no such file, it has another type or rank, no elements, is
// over 64 MiB, or holds a number that is not finite, whose place is told.
absl::StatusOr<Tensor> ReadFloatArray(const std::string& path, int rank);

// A float32 tensor as the bytes of a .npy file.
std::string FormatFloatArray(const Tensor& tensor);

}  // namespace onebyone
