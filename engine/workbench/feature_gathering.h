#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/model_loader.h"
#include "engine/runtime/cancellation.h"
#include "engine/tensor/tensor.h"
#include "engine/workbench/map_pooling.h"
#include "engine/workbench/progress.h"

namespace onebyone {

// How a picture becomes a vector of numbers.
struct FeatureForm {
  LayerQuery query;  // a reduction is applied in each pixel, before the pooling
  MapPooling pooling = MapPooling::kAverage;
  int64_t dimension = 0;  // of the vector
};

struct GatheringOptions {
  int threads = 1;  // pictures at a time; does not change the outcome
  const Cancellation* cancellation = nullptr;
  Progress* progress = nullptr;  // advanced once a picture
};

// Runs the picture files through decoder and network, once for all `forms`. Returns a matrix for each of them, float32
// [files, dimension], a row a file. INVALID_ARGUMENT, naming layer and picture, where a number is not finite; errors of
// PictureRunner, naming the file; those of Tensor::Create and of the cancellation.
absl::StatusOr<std::vector<Tensor>> GatherFeatures(const std::shared_ptr<const Model>& model,
                                                   const std::vector<FeatureForm>& forms,
                                                   const std::vector<std::string>& paths,
                                                   const GatheringOptions& options);

}  // namespace onebyone
