#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/reduction/reduction.h"
#include "onebyone/config/v1/model_config.pb.h"

namespace onebyone {

// A reduction with its weights ([K, C]) and bias ([K]), and those of a hidden convolution before it, little-endian
// float32 in .npy files of the bundle's `folder`. INVALID_ARGUMENT, naming the field under `field` and the file, where
// a name or file is missing or leads out of the bundle, a file has another type or shape or is over 64 MiB, a number is
// not finite, the two convolutions do not fit together, or `explained_variance` is neither empty nor K shares that rise
// from 0 to 1.
absl::StatusOr<Reduction> ReadReduction(const std::string& folder, absl::string_view field,
                                        const config::v1::StoredReduction& config);

}  // namespace onebyone
