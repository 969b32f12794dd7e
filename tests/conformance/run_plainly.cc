#include <set>
#include <string>
#include <vector>

#include "engine/base/status_macros.h"
#include "engine/graph/shape_inference.h"
#include "engine/import/onnx_importer.h"
#include "engine/kernels/reference_kernels.h"
#include "tests/conformance/case_runs.h"
#include "tests/conformance/deciding_inputs.h"

namespace onebyone::testing {
namespace {

// Tensors of one run, by value.
class PlainRun {
 public:
  explicit PlainRun(const Graph& graph) : graph_(graph), tensors_(graph.value_count()) {
    for (ValueId id = 0; id < graph.value_count(); ++id) {
      if (graph.ConstantOf(id) != nullptr) tensors_[id] = *graph.ConstantOf(id);
    }
  }

  void SetInput(ValueId id, const Tensor& tensor) { tensors_[id] = tensor; }
  const Tensor& tensor(ValueId id) const { return tensors_[id]; }

  absl::Status Run(NodeId id) {
    const Node& node = graph_.node(id);
    std::vector<ConstTensorView> inputs;
    for (const ValueId input : node.inputs) {
      inputs.push_back(input == kNoValue ? ConstTensorView{} : const_cast<const Tensor&>(tensors_[input]).view());
    }
    std::vector<TensorView> outputs;
    for (const ValueId output : node.outputs) {
      const Value& value = graph_.value(output);
      ASSIGN_OR_RETURN(tensors_[output], Tensor::Create(value.type, value.shape));
      outputs.push_back(tensors_[output].view());
    }
    return RunReference(node.op, node.attributes, inputs, outputs);
  }

 private:
  const Graph& graph_;
  std::vector<Tensor> tensors_;
};

}  // namespace

absl::StatusOr<std::vector<Tensor>> RunPlainly(const ConformanceCase& conformance_case, const DataSet& set) {
  const std::vector<std::string> names = conformance_case.InputNames();
  const std::set<std::string> deciding = DecidingInputs(conformance_case.model.graph());
  OnnxImportOptions options;
  for (size_t i = 0; i < names.size() && i < set.inputs.size(); ++i) {
    if (deciding.contains(names[i])) options.bound_inputs[names[i]] = set.inputs[i];
  }
  ASSIGN_OR_RETURN(Graph graph, ImportOnnx(conformance_case.model.SerializeAsString(), options));
  for (size_t i = 0; i < names.size() && i < set.inputs.size(); ++i) {
    const ValueId input = graph.FindValue(names[i]);
    if (graph.ConstantOf(input) == nullptr) graph.value(input).shape = set.inputs[i].shape();
  }
  RETURN_IF_ERROR(InferShapes(graph));
  PlainRun run(graph);
  for (size_t i = 0; i < names.size() && i < set.inputs.size(); ++i) {
    run.SetInput(graph.FindValue(names[i]), set.inputs[i]);
  }
  for (const NodeId node : graph.NodeIds()) RETURN_IF_ERROR(run.Run(node));
  std::vector<Tensor> outputs;
  for (const Graph::Output& output : graph.outputs()) outputs.push_back(run.tensor(output.value));
  return outputs;
}

}  // namespace onebyone::testing
