#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "inference/grpc_service.pb.h"
#include "onebyone/v1/feature_extraction.pb.h"

namespace onebyone {

// The feature that a requested output means: its name is the layer, its parameters the rest, in the words of
// v1::FeatureRequest. Layer, numbers and what goes together are left to CheckFeature. INVALID_ARGUMENT names the
// parameter; `path` is the output's field path, as "outputs[0]".
absl::StatusOr<v1::FeatureRequest> ReadOutput(const inference::ModelInferRequest::InferRequestedOutputTensor& output,
                                              const std::string& path);

}  // namespace onebyone
