#pragma once

#include <grpcpp/support/byte_buffer.h>

#include <string>

#include "onebyone/v1/feature_extraction.pb.h"

namespace onebyone {

// A ModelInferResponse in wire form: each feature one tensor [N, ...] of all images, the rest of its shape as in
// v1::FeatureMap. The maps themselves become slices of the buffer, as in answer_buffer.h.
// REQUIRES: all images have features, of equal shapes.
grpc::ByteBuffer MakeInferAnswer(v1::ExtractFeaturesResponse features, const std::string& id);

}  // namespace onebyone
