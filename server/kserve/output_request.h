#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "inference/grpc_service.pb.h"
#include "onebyone/v1/feature_extraction.pb.h"
#include "server/kserve/parameter_reader.h"

namespace onebyone {

// The parameters that say how a layer is returned, in the words of v1::FeatureRequest: sets those fields of `feature`
// that `parameters` has. What is wrong is told by its Finish; numbers and what goes together are left to CheckFeature.
void ReadFormParameters(ParameterReader& parameters, v1::FeatureRequest& feature);

// The feature that a requested output means: its name is the layer, its parameters and, where it has none of a name,
// `form` say how it is returned. INVALID_ARGUMENT names the parameter; `path` is the output's field path, as
// "outputs[0]".
absl::StatusOr<v1::FeatureRequest> ReadOutput(const inference::ModelInferRequest::InferRequestedOutputTensor& output,
                                              const v1::FeatureRequest& form, const std::string& path);

}  // namespace onebyone
