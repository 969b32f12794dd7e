#pragma once

#include "onebyone/v1/model.pb.h"
#include "server/extraction.h"
#include "server/intake/intake.h"
#include "server/intake/streamed_service.h"

namespace onebyone {

// onebyone.v1.FeatureExtraction: an adapter that decodes, schedules and encodes. Runs on gRPC's threads and does no
// image work there. `context` and `intake` must outlive it.
class FeatureService final : public StreamedService {
 public:
  FeatureService(ExtractionContext& context, Intake& intake);

 private:
  void ListModels(v1::ListModelsResponse& response) const;
  absl::Status GetModel(const v1::GetModelRequest& request, v1::GetModelResponse& response) const;

  ExtractionContext& context_;
};

}  // namespace onebyone
