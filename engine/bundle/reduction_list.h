#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/reduction/reduction.h"

namespace onebyone {

using ReductionList = std::vector<std::shared_ptr<const Reduction>>;

// What programs have stored in a bundle: `folder/reductions.textproto` with its .npy files. NOT_FOUND where there is
// none; INVALID_ARGUMENT, naming file and field, where it is of another model than the one with `model_sha256`, or
// wrong; see ReadReduction. Whether names and layers are taken twice is the caller's business, who knows of the
// config's reductions too.
absl::StatusOr<ReductionList> ReadReductionList(const std::string& folder, const std::string& model_sha256);

// Writes the list, or replaces it: a reader sees the old one or the new one, each with its weights, since files are
// named after what is in them. Those that only the old list named are removed last. The same list gives the same files.
// UNAVAILABLE where a file cannot be written; the old list then stays.
absl::Status WriteReductionList(const std::string& folder, const std::string& model_sha256,
                                const ReductionList& reductions);

}  // namespace onebyone
