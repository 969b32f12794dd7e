#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "inference/grpc_service.pb.h"
#include "onebyone/v1/feature_extraction.pb.h"
#include "server/kserve/image_tensor.h"
#include "server/options.h"

namespace onebyone {

// A ModelInferRequest in the words of our own API.
struct InferRequest {
  v1::ExtractFeaturesRequest features;  // all but the pictures
  ImageTensor tensor;                   // borrows from the ModelInferRequest
  absl::Duration timeout = absl::InfiniteDuration();
};

// INVALID_ARGUMENT, naming the field, for what cannot be said in our own API; the rest is left to CheckRequest, whose
// field paths InferFieldOf translates.
absl::StatusOr<InferRequest> ReadInferRequest(const inference::ModelInferRequest& request, const RequestLimits& limits);

}  // namespace onebyone
