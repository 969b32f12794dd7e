#include "engine/import/graph_values.h"

#include <onnx/onnx_pb.h>

#include <string>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/import/onnx_types.h"
#include "engine/import/quoted_name.h"
#include "engine/import/tensor_decoder.h"

namespace onebyone {
namespace {

absl::Status Nameless(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("onnx: want named ", what, ", got one without a name"));
}

bool Fits(const Tensor& tensor, const TensorType& type) {
  if (tensor.type() != type.type) return false;
  if (!type.has_shape) return true;
  if (tensor.shape().rank() != type.shape.rank()) return false;
  for (int axis = 0; axis < type.shape.rank(); ++axis) {
    if (type.shape[axis] != Shape::kUnknown && type.shape[axis] != tensor.shape()[axis]) return false;
  }
  return true;
}

absl::Status AddBound(const std::string& name, const Tensor& tensor, const TensorType& type, ConstantBudget& budget,
                      GraphBuilder& builder) {
  if (!Fits(tensor, type)) {
    return absl::InvalidArgumentError(absl::StrCat("onnx: input ", Quoted(name), ": want ", NameOf(type.type),
                                                   type.has_shape ? type.shape.ToString() : "", ", got bound ",
                                                   NameOf(tensor.type()), tensor.shape().ToString()));
  }
  RETURN_IF_ERROR(budget.Take(tensor.type(), tensor.shape()));
  return builder.AddConstant(name, tensor);
}

absl::flat_hash_set<absl::string_view> InitializerNames(const onnx::GraphProto& proto) {
  absl::flat_hash_set<absl::string_view> names;
  for (const onnx::TensorProto& initializer : proto.initializer()) names.insert(initializer.name());
  return names;
}

}  // namespace

absl::Status AddInputs(const onnx::GraphProto& proto, const OnnxImportOptions& options, ConstantBudget& budget,
                       GraphBuilder& builder, UnsupportedFeatures& unsupported) {
  const absl::flat_hash_set<absl::string_view> initializers = InitializerNames(proto);
  absl::flat_hash_set<absl::string_view> names;
  for (const onnx::ValueInfoProto& input : proto.input()) {
    if (input.name().empty()) return Nameless("inputs");
    if (!names.insert(input.name()).second) {
      return absl::InvalidArgumentError(absl::StrCat("onnx: input ", Quoted(input.name()), " is defined twice"));
    }
    const auto bound = options.bound_inputs.find(input.name());
    const bool is_bound = bound != options.bound_inputs.end();
    // Up to version 3 of the file format initializers are inputs too; since then such an input is one with a default.
    if (!is_bound && initializers.contains(input.name())) continue;
    const std::string place = absl::StrCat("input ", Quoted(input.name()));
    const absl::StatusOr<TensorType> type = TensorTypeFromOnnx(input.type());
    if (absl::IsUnimplemented(type.status())) {
      unsupported.Add(std::string(type.status().message()), place);
      RETURN_IF_ERROR(builder.AddUnavailable(input.name()));
    } else if (!type.ok()) {
      return absl::Status(type.status().code(), absl::StrCat("onnx: ", place, ": ", type.status().message()));
    } else if (is_bound) {
      RETURN_IF_ERROR(AddBound(input.name(), bound->second, *type, budget, builder));
    } else {
      RETURN_IF_ERROR(builder.AddInput(input.name(), *type));
    }
  }
  for (const auto& [name, tensor] : options.bound_inputs) {
    if (!names.contains(name)) {
      return absl::InvalidArgumentError(
          absl::StrCat("onnx: bound input ", Quoted(name), ": the graph has no such input"));
    }
  }
  return absl::OkStatus();
}

absl::Status AddInitializers(onnx::GraphProto& proto, const OnnxImportOptions& options, ConstantBudget& budget,
                             GraphBuilder& builder, UnsupportedFeatures& unsupported) {
  for (onnx::TensorProto& initializer : *proto.mutable_initializer()) {
    const std::string name = initializer.name();
    if (name.empty()) return Nameless("initializers");
    if (options.bound_inputs.contains(name)) continue;
    const std::string place = absl::StrCat("initializer ", Quoted(name));
    absl::StatusOr<Tensor> tensor = DecodeTensor(initializer, place, budget);
    if (absl::IsUnimplemented(tensor.status())) {
      unsupported.Add(std::string(tensor.status().message()), place);
      RETURN_IF_ERROR(builder.AddUnavailable(name));
      continue;
    }
    if (!tensor.ok()) return absl::Status(tensor.status().code(), absl::StrCat("onnx: ", tensor.status().message()));
    onnx::TensorProto().Swap(&initializer);
    RETURN_IF_ERROR(builder.AddConstant(name, *std::move(tensor)));
  }
  for (const onnx::SparseTensorProto& sparse : proto.sparse_initializer()) {
    const std::string& name = sparse.values().name();
    if (name.empty()) return Nameless("initializers");
    unsupported.Add("sparse tensor", absl::StrCat("initializer ", Quoted(name)));
    RETURN_IF_ERROR(builder.AddUnavailable(name));
  }
  return absl::OkStatus();
}

absl::Status AddOutputs(const onnx::GraphProto& proto, GraphBuilder& builder) {
  if (proto.output().empty()) return absl::InvalidArgumentError("onnx: want a graph with outputs, got none");
  absl::flat_hash_set<absl::string_view> names;
  for (const onnx::ValueInfoProto& output : proto.output()) {
    const ValueId value = builder.graph().FindValue(output.name());
    if (value == kNoValue) {
      return absl::InvalidArgumentError(absl::StrCat("onnx: output ", Quoted(output.name()), ": nothing defines it"));
    }
    if (!names.insert(output.name()).second) {
      return absl::InvalidArgumentError(absl::StrCat("onnx: output ", Quoted(output.name()), " is listed twice"));
    }
    builder.AddOutput(output.name(), value);
  }
  return absl::OkStatus();
}

}  // namespace onebyone
