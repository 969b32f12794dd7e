#pragma once

#include "client/commands/load_options.h"
#include "inference/grpc_service.pb.h"
#include "onebyone/v1/feature_extraction.pb.h"

namespace onebyone {

// The request of each call without its pictures.
v1::ExtractFeaturesRequest FeatureQuestion(const LoadTargetOptions& target, const LoadWorkOptions& work);

// The same for KServe v2: layers are outputs, what was told of channels, pooling, type and so on are parameters of the
// request as onebyone names them (proto/README.md); what was not told is not there, so that any server takes it.
inference::ModelInferRequest InferRequest(const LoadTargetOptions& target, const LoadWorkOptions& work);

}  // namespace onebyone
