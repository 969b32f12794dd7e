#include <cstring>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/import/onnx_importer.h"
#include "engine/runtime/compiled_model.h"
#include "engine/runtime/executor.h"
#include "tests/conformance/case_runs.h"
#include "tests/conformance/deciding_inputs.h"

namespace onebyone::testing {
namespace {

std::set<std::string> ReadNames(const onnx::GraphProto& graph) {
  std::set<std::string> names;
  for (const onnx::NodeProto& node : graph.node()) names.insert(node.input().begin(), node.input().end());
  return names;
}

// The case's graph over its first input alone, unless that decides the form of the network too. Inputs that nothing
// reads stay: the record of one of them does not even have its declared shape.
absl::StatusOr<Graph> ImportForService(const ConformanceCase& conformance_case, const DataSet& set) {
  const std::vector<std::string> names = conformance_case.InputNames();
  const std::set<std::string> deciding = DecidingInputs(conformance_case.model.graph());
  const std::set<std::string> read = ReadNames(conformance_case.model.graph());
  OnnxImportOptions options;
  for (size_t i = 0; i < names.size() && i < set.inputs.size(); ++i) {
    const bool is_constant = (i > 0 && read.contains(names[i])) || deciding.contains(names[i]);
    if (is_constant) options.bound_inputs[names[i]] = set.inputs[i];
  }
  return ImportOnnx(conformance_case.model.SerializeAsString(), options);
}

// One image of the recorded size where the input is images; other inputs have the shape that the file tells.
PlanQuery QueryFor(const Graph& graph, const DataSet& set) {
  PlanQuery query;
  for (const Graph::Output& output : graph.outputs()) query.layers.push_back({output.name, nullptr, 0});
  if (set.inputs.empty() || set.inputs[0].shape().rank() != 4) return query;
  query.batch = set.inputs[0].shape()[0];
  query.height = set.inputs[0].shape()[2];
  query.width = set.inputs[0].shape()[3];
  return query;
}

absl::StatusOr<Tensor> Copied(const ConstTensorView& view) {
  ASSIGN_OR_RETURN(Tensor tensor, Tensor::Create(view.type, view.shape));
  std::memcpy(tensor.data(), view.data, tensor.bytes());
  return tensor;
}

absl::Status SetInput(Executor& executor, const Tensor& tensor) {
  const TensorView input = executor.Input();
  if (input.type != tensor.type() || input.shape != tensor.shape()) {
    return absl::InternalError(absl::StrCat("input: want ", NameOf(tensor.type()), tensor.shape().ToString(), ", got ",
                                            NameOf(input.type), input.shape.ToString()));
  }
  std::memcpy(input.data, tensor.data(), tensor.bytes());
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<Tensor>> RunCompiled(const ConformanceCase& conformance_case, const DataSet& set) {
  ASSIGN_OR_RETURN(Graph graph, ImportForService(conformance_case, set));
  const PlanQuery query = QueryFor(graph, set);
  // Winograd rounds more than these tolerances allow for.
  CompileOptions options;
  options.convolution = CompileOptions::Convolution::kExact;
  const auto model = CompiledModel::Compile(std::move(graph), query.height, query.width, options);
  if (!model.ok()) return absl::FailedPreconditionError(model.status().message());
  ASSIGN_OR_RETURN(const std::shared_ptr<const Plan> plan, (*model)->PlanFor(query));
  const std::unique_ptr<Executor> executor = Executor::Create({});
  RETURN_IF_ERROR(executor->Use(plan));
  RETURN_IF_ERROR(SetInput(*executor, set.inputs[0]));
  RETURN_IF_ERROR(executor->Run(nullptr));
  std::vector<Tensor> outputs;
  for (size_t i = 0; i < query.layers.size(); ++i) {
    ASSIGN_OR_RETURN(Tensor output, Copied(executor->Output(static_cast<int>(i))));
    outputs.push_back(std::move(output));
  }
  return outputs;
}

}  // namespace onebyone::testing
