#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/model_loader.h"
#include "engine/reduction/reduction.h"
#include "engine/runtime/cancellation.h"
#include "engine/workbench/progress.h"

namespace onebyone {

// What the rows of the reductions are likely to give on a picture, by how far they reach on the first thousand of
// `files`: as far as the mean of the pictures' largest values and four standard deviations, and not less than any of
// them. By reduction and row, the same for any number of threads. `files`: pictures, not empty. Errors of
// PictureRunner; CANCELLED once `cancellation` is.
absl::StatusOr<std::vector<std::vector<ChannelRange>>> MeasureComponentRanges(
    const std::shared_ptr<const Model>& model, const std::vector<std::shared_ptr<const Reduction>>& reductions,
    const std::vector<std::string>& files, int threads, const Cancellation& cancellation, Progress& progress);

}  // namespace onebyone
