#pragma once

#include <cstdint>
#include <vector>

#include "engine/model_loader.h"
#include "inference/grpc_service.pb.h"

namespace onebyone {

// What clients of KServe v2 are told of a model. Inputs and outputs are the same in both: the first dimension, which
// ModelConfig leaves out, is that of the batch.

inference::ModelMetadataResponse MetadataOf(const Model& model, const std::vector<int64_t>& versions);

// `max_images`: of a request. `lanes`: that work on all models.
inference::ModelConfig ConfigOf(const Model& model, int max_images, int lanes);

}  // namespace onebyone
