#include "engine/import/constant_folder.h"

#include <algorithm>
#include <variant>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/graph/shape_inference.h"
#include "engine/kernels/reference_kernels.h"

namespace onebyone {
namespace {

// A few seconds of reference kernels. Weights that are dequantized or transposed take one operation an element.
constexpr double kMaxWork = 1e9;

double ElementsOf(const Shape& shape) {
  double elements = 1.0;
  for (const int64_t extent : shape.extents()) elements *= static_cast<double>(extent);
  return elements;
}

double KernelElements(const Window& window) {
  double elements = 1.0;
  for (const int64_t extent : window.kernel) elements *= static_cast<double>(extent);
  return elements;
}

// Operations for each element of the result.
double WorkPerElement(const Node& node, absl::Span<const ValueInfo> inputs) {
  switch (node.op) {
    case OpType::kConv: {
      const Shape& weights = inputs[1].shape;
      return ElementsOf(weights) / std::max(1.0, static_cast<double>(weights.rank() > 0 ? weights[0] : 1));
    }
    case OpType::kMaxPool:
    case OpType::kAveragePool: return KernelElements(std::get<PoolAttributes>(node.attributes).window);
    case OpType::kLrn: return static_cast<double>(std::get<LrnAttributes>(node.attributes).size);
    // At most: the inner extent is one of A's.
    case OpType::kGemm:
    case OpType::kMatMul: {
      const auto extents = inputs[0].shape.extents();
      return extents.empty() ? 1.0 : static_cast<double>(*std::max_element(extents.begin(), extents.end()));
    }
    default: return 1.0;
  }
}

double WorkOf(const Node& node, absl::Span<const ValueInfo> inputs, absl::Span<const ValueInfo> outputs) {
  double work = ElementsOf(outputs.front().shape) * WorkPerElement(node, inputs);
  for (const ValueInfo& input : inputs) work += ElementsOf(input.shape);
  return work;
}

// Errors name the node, as those of InferNode do; what is not supported is named without it.
absl::Status AtNode(const Node& node, const absl::Status& status) {
  if (status.ok() || absl::IsUnimplemented(status)) return status;
  return absl::Status(status.code(),
                      absl::StrCat("node '", node.name, "' (", NameOf(node.op), "): ", status.message()));
}

bool KeepsElements(const Node& node) {
  switch (node.op) {
    case OpType::kIdentity:
    case OpType::kFlatten:
    case OpType::kReshape:
    case OpType::kSqueeze:
    case OpType::kUnsqueeze: return true;
    case OpType::kDropout: return node.outputs.size() == 1;
    default: return false;
  }
}

}  // namespace

absl::StatusOr<std::optional<std::vector<Tensor>>> ConstantFolder::Fold(const Node& node,
                                                                        absl::Span<const Tensor* const> inputs) {
  using Result = std::optional<std::vector<Tensor>>;
  std::vector<ValueInfo> input_infos;
  std::vector<ConstTensorView> input_views;
  for (const Tensor* input : inputs) {
    input_infos.push_back(input == nullptr ? ValueInfo{} : ValueInfo{input->type(), input->shape()});
    input_views.push_back(input == nullptr ? ConstTensorView{} : input->view());
  }
  ASSIGN_OR_RETURN(const std::vector<ValueInfo> output_infos, InferNode(node, input_infos));
  std::vector<Tensor> outputs;
  if (KeepsElements(node)) {
    ASSIGN_OR_RETURN(Tensor same, inputs.front()->Reshaped(output_infos.front().shape));
    outputs.push_back(std::move(same));
    return Result(std::move(outputs));
  }
  const double work = WorkOf(node, input_infos, output_infos);
  if (work > kMaxWork - work_) return Result();
  work_ += work;
  std::vector<TensorView> output_views;
  for (const ValueInfo& output : output_infos) {
    RETURN_IF_ERROR(AtNode(node, budget_.Take(output.type, output.shape)));
    ASSIGN_OR_RETURN(Tensor tensor, Tensor::Create(output.type, output.shape));
    outputs.push_back(std::move(tensor));
    output_views.push_back(outputs.back().view());
  }
  RETURN_IF_ERROR(AtNode(node, RunReference(node.op, node.attributes, input_views, output_views)));
  return Result(std::move(outputs));
}

}  // namespace onebyone
