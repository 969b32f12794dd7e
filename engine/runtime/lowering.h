#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "engine/graph/graph.h"
#include "engine/kernels/onednn/weight_cache.h"
#include "engine/runtime/conv_choice.h"
#include "engine/runtime/plan.h"
#include "engine/tensor/precision.h"

namespace onebyone {

struct LoweringOptions {
  bool reference_only = false;
  // Of the values between vector kernels.
  Precision precision = Precision::kFloat32;
  // Which kernels convolutions run by; null: the ordinary ones.
  const ConvChoice* choice = nullptr;
};

// Turns an optimised graph (shapes inferred) into steps over one arena: picks a kernel and a layout for every node,
// inserts reorders where a reader wants another layout, lets Reshape, Flatten and their like share memory, and plans
// lifetimes.
absl::StatusOr<std::shared_ptr<Plan>> Lower(const Graph& graph, const LoweringOptions& options, WeightCache& weights);

}  // namespace onebyone
