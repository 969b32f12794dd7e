#include <algorithm>
#include <cstring>
#include <memory>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/import/onnx_importer.h"
#include "engine/runtime/compiled_model.h"
#include "engine/runtime/executor.h"
#include "tests/conformance/case_runs.h"

namespace onebyone::testing {
namespace {

absl::Status NotServed(absl::string_view reason) { return absl::FailedPreconditionError(reason); }

absl::StatusOr<Graph> ImportForService(const ConformanceCase& conformance_case, const DataSet& set) {
  const std::vector<std::string> names = conformance_case.InputNames();
  if (names.empty() || set.inputs.empty()) return NotServed("no input");
  if (set.inputs[0].type() != DataType::kFloat32) return NotServed("the first input is not float32");
  if (set.inputs[0].shape().rank() != 4) return NotServed("the first input is not [N, C, H, W]");
  OnnxImportOptions options;
  for (size_t i = 1; i < names.size() && i < set.inputs.size(); ++i) options.bound_inputs[names[i]] = set.inputs[i];
  return ImportOnnx(conformance_case.model.SerializeAsString(), options);
}

Tensor Copied(const ConstTensorView& view) {
  absl::StatusOr<Tensor> tensor = Tensor::Create(view.type, view.shape);
  if (!tensor.ok()) return Tensor();
  std::memcpy(tensor->data(), view.data, tensor->bytes());
  return *std::move(tensor);
}

}  // namespace

absl::StatusOr<std::vector<Tensor>> RunCompiled(const ConformanceCase& conformance_case, const DataSet& set) {
  ASSIGN_OR_RETURN(Graph graph, ImportForService(conformance_case, set));
  const Tensor& image = set.inputs[0];
  PlanQuery query;
  query.batch = image.shape()[0];
  query.height = image.shape()[2];
  query.width = image.shape()[3];
  for (const Graph::Output& output : graph.outputs()) query.layers.push_back({output.name, nullptr, 0});
  // Winograd rounds more than these tolerances allow for.
  CompileOptions options;
  options.convolution = CompileOptions::Convolution::kExact;
  ASSIGN_OR_RETURN(const std::shared_ptr<CompiledModel> model,
                   CompiledModel::Compile(std::move(graph), query.height, query.width, options));
  for (const LayerQuery& layer : query.layers) {
    if (model->FindLayer(layer.layer) == nullptr)
      return NotServed("an output is no float32 layer [1, C, H, W] or [1, C]");
  }
  ASSIGN_OR_RETURN(const std::shared_ptr<const Plan> plan, model->PlanFor(query));
  const std::unique_ptr<Executor> executor = Executor::Create({});
  RETURN_IF_ERROR(executor->Use(plan));
  const TensorView input = executor->Input();
  if (input.shape != image.shape()) {
    return absl::InternalError(
        absl::StrCat("input: want ", image.shape().ToString(), ", got ", input.shape.ToString()));
  }
  std::memcpy(input.data, image.data(), image.bytes());
  RETURN_IF_ERROR(executor->Run(nullptr));
  std::vector<Tensor> outputs;
  for (size_t i = 0; i < query.layers.size(); ++i) outputs.push_back(Copied(executor->Output(static_cast<int>(i))));
  return outputs;
}

}  // namespace onebyone::testing
