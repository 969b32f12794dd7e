#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "engine/tensor/tensor.h"
#include "tests/conformance/conformance_case.h"

namespace onebyone::testing {

// Two ways through the engine. Each imports the case's model and returns its outputs in order.

// As the file has it: inputs that decide the form of the network are bound, and each node runs on its plain reference
// kernel.
absl::StatusOr<std::vector<Tensor>> RunPlainly(const ConformanceCase& conformance_case, const DataSet& set);

// As a network is served: everything but the first input is a constant, and CompiledModel, Plan and Executor do the
// rest. FAILED_PRECONDITION where the graph is none that CompiledModel takes.
absl::StatusOr<std::vector<Tensor>> RunCompiled(const ConformanceCase& conformance_case, const DataSet& set);

}  // namespace onebyone::testing
