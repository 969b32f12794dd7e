#pragma once

#include "absl/status/statusor.h"
#include "engine/graph/graph.h"
#include "engine/kernels/onednn/weight_cache.h"
#include "engine/runtime/node_kernel.h"
#include "engine/runtime/plan.h"
#include "engine/runtime/sibling_groups.h"

namespace onebyone {

// What the step is called that computes all members in `blocked`, and what it is known by.
StepGroup DescribeSiblings(const Graph& graph, const SiblingGroup& group, Layout blocked);

// That step's kernel: reads the members' input, and writes their results one behind another, each from a whole block
// on. UNIMPLEMENTED where there is no such kernel.
absl::StatusOr<NodeKernel> MakeMergedConv(const Graph& graph, const SiblingGroup& group, Layout blocked,
                                          WeightCache& weights);

}  // namespace onebyone
