#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/model_loader.h"
#include "engine/workbench/moment_collection.h"

namespace onebyone {

// The file of a bundle's folder that holds how far a fit has come.
inline constexpr char kFitCheckpointFile[] = "reduction_fit.checkpoint";

// What decides the outcome of a collection, as a hash: model, preprocessing, layers, and of each file path, size and
// time of its last change.
absl::StatusOr<std::string> FingerprintOf(const Bundle& bundle, const std::vector<std::string>& layers,
                                          const std::vector<std::string>& files);

// What WriteFitCheckpoint wrote, to the last bit. NOT_FOUND where there is no such file; INVALID_ARGUMENT where it is
// of a collection with another fingerprint, or damaged.
absl::StatusOr<CollectedMoments> ReadFitCheckpoint(const std::string& path, const std::string& fingerprint);

// UNAVAILABLE where the file cannot be written; one that is there already then stays.
absl::Status WriteFitCheckpoint(const std::string& path, const std::string& fingerprint,
                                const CollectedMoments& collected);

}  // namespace onebyone
