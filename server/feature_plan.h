#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/runtime/plan.h"
#include "server/reduction_cache.h"
#include "server/request_codec.h"

namespace onebyone {

// What runs for each image of a request: one plan for all its features, so that the network runs once per image.
struct FeaturePlan {
  std::shared_ptr<const Plan> plan;
  std::vector<int> output_of_feature;  // index into the plan's outputs, one per feature; equal features share an output
  std::vector<std::string> reduction_of_feature;  // its name; empty for a whole layer
};

// Compiles the plan for an input of height x width or takes it from the model's cache. May take long (a projection to
// draw, kernels to time): not for a gRPC thread. Errors: those of RandomProjection and CompiledModel::PlanFor.
absl::StatusOr<FeaturePlan> MakeFeaturePlan(const ExtractSpec& spec, int64_t height, int64_t width,
                                            ReductionCache& reductions);

}  // namespace onebyone
