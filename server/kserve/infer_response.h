#pragma once

#include "inference/grpc_service.pb.h"
#include "onebyone/v1/feature_extraction.pb.h"

namespace onebyone {

// Fills `response` with the features of all images: each output one tensor [N, ...], the rest of its shape as in
// v1::FeatureMap. Takes the maps out of `features`; those of one image are moved, those of several copied once.
// REQUIRES: all images have features, of equal shapes.
void WriteInferResponse(v1::ExtractFeaturesResponse& features, inference::ModelInferResponse& response);

}  // namespace onebyone
