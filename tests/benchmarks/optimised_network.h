#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/graph/graph.h"
#include "engine/model_loader.h"

namespace onebyone::benchmarks {

// The graph of a bundle after the passes that CompiledModel runs in float32, shapes of one image: what other kernels
// can be tried on, and what tells the multiply-adds of a step. Where CompiledModel comes to do more, steps of its plans
// that have no namesake here have no other kernel to be compared with.
absl::StatusOr<Graph> OptimisedNetwork(const Bundle& bundle, const std::vector<std::string>& layers);

}  // namespace onebyone::benchmarks
