#pragma once

#include <onnx/onnx_pb.h>

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/tensor/tensor.h"

namespace onebyone::testing {

// One recorded run of a model.
struct DataSet {
  std::string name;            // "test_data_set_0"
  std::vector<Tensor> inputs;  // of the graph, initializers left out, in order
  std::vector<Tensor> outputs;
};

// One folder of ONNX's conformance data.
struct ConformanceCase {
  std::string name;  // "node/test_relu"
  std::string folder;
  onnx::ModelProto model;

  // Inputs that are no initializers.
  std::vector<std::string> InputNames() const;
};

// Every case below `root` in the suites node, simple, pytorch-converted and pytorch-operator, by name. Empty where
// there is no such folder.
std::vector<ConformanceCase> FindCases(const std::string& root);

// UNIMPLEMENTED for what is no tensor of a type that onebyone has.
absl::StatusOr<std::vector<DataSet>> LoadDataSets(const ConformanceCase& conformance_case);

// True where onebyone has every operator of the model.
bool HasOnlyOurOperators(const onnx::ModelProto& model);

// The newest operator set of ONNX itself that the model asks for.
int64_t OperatorSetOf(const onnx::ModelProto& model);

// Why a case of our operators cannot be run all the same; empty where it can.
std::string ReasonToLeaveOut(const ConformanceCase& conformance_case);

}  // namespace onebyone::testing
