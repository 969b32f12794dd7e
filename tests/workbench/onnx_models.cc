#include "tests/workbench/onnx_models.h"

#include <onnx/onnx_pb.h>

#include <cmath>

namespace onebyone::testing {
namespace {

onnx::ModelProto EmptyModel() {
  onnx::ModelProto model;
  model.set_ir_version(7);
  model.add_opset_import()->set_version(13);
  model.mutable_graph()->set_name("test");
  return model;
}

// Extents below 1 become free.
void AddInput(onnx::GraphProto& graph, const std::string& name, const std::vector<int64_t>& extents) {
  onnx::ValueInfoProto& input = *graph.add_input();
  input.set_name(name);
  onnx::TypeProto::Tensor& type = *input.mutable_type()->mutable_tensor_type();
  type.set_elem_type(onnx::TensorProto::FLOAT);
  type.mutable_shape()->add_dim()->set_dim_param("N");
  for (const int64_t extent : extents) {
    onnx::TensorShapeProto::Dimension& dimension = *type.mutable_shape()->add_dim();
    if (extent > 0) {
      dimension.set_dim_value(extent);
    } else {
      dimension.set_dim_param("free");
    }
  }
}

void AddOutput(onnx::GraphProto& graph, const std::string& name) {
  onnx::ValueInfoProto& output = *graph.add_output();
  output.set_name(name);
  output.mutable_type()->mutable_tensor_type()->set_elem_type(onnx::TensorProto::FLOAT);
}

// Weights that differ from each other: element i is sin(i + 1) / 2.
onnx::TensorProto& AddWeights(onnx::GraphProto& graph, const std::string& name, const std::vector<int64_t>& extents) {
  onnx::TensorProto& tensor = *graph.add_initializer();
  tensor.set_name(name);
  tensor.set_data_type(onnx::TensorProto::FLOAT);
  int64_t elements = 1;
  for (const int64_t extent : extents) {
    tensor.add_dims(extent);
    elements *= extent;
  }
  for (int64_t i = 0; i < elements; ++i) tensor.add_float_data(static_cast<float>(std::sin(i + 1.0) / 2));
  return tensor;
}

onnx::NodeProto& AddNode(onnx::GraphProto& graph, const std::string& op, const std::vector<std::string>& inputs,
                         const std::string& output) {
  onnx::NodeProto& node = *graph.add_node();
  node.set_op_type(op);
  node.set_name(output);
  for (const std::string& input : inputs) node.add_input(input);
  node.add_output(output);
  return node;
}

void SetIntegers(onnx::NodeProto& node, const std::string& name, const std::vector<int64_t>& values) {
  onnx::AttributeProto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(onnx::AttributeProto::INTS);
  for (const int64_t value : values) attribute.add_ints(value);
}

void AddConv(onnx::GraphProto& graph, const std::string& input, const std::string& output, int64_t in, int64_t out,
             int64_t kernel) {
  AddWeights(graph, output + "/weights", {out, in, kernel, kernel});
  onnx::NodeProto& node = AddNode(graph, "Conv", {input, output + "/weights"}, output);
  SetIntegers(node, "kernel_shape", {kernel, kernel});
  SetIntegers(node, "pads", {kernel / 2, kernel / 2, kernel / 2, kernel / 2});
}

std::string Serialized(const onnx::ModelProto& model) { return model.SerializeAsString(); }

}  // namespace

std::string TinyInception(int64_t side) {
  onnx::ModelProto model = EmptyModel();
  onnx::GraphProto& graph = *model.mutable_graph();
  AddInput(graph, "image", {3, side, side});
  AddConv(graph, "image", "3x3_reduce", 3, 2, 1);
  AddNode(graph, "Relu", {"3x3_reduce"}, "3x3_reduce_relu");
  AddConv(graph, "3x3_reduce_relu", "3x3", 2, 4, 3);
  AddNode(graph, "Relu", {"3x3"}, "block/output");
  AddNode(graph, "GlobalAveragePool", {"block/output"}, "pool5");
  AddNode(graph, "Flatten", {"pool5"}, "embedding");
  AddOutput(graph, "embedding");
  return Serialized(model);
}

std::string CyclicModel() {
  onnx::ModelProto model = EmptyModel();
  onnx::GraphProto& graph = *model.mutable_graph();
  AddInput(graph, "image", {3, 32, 32});
  AddNode(graph, "Add", {"image", "b"}, "a");
  AddNode(graph, "Relu", {"a"}, "b");
  AddOutput(graph, "b");
  return Serialized(model);
}

std::string UnknownOperatorModel() {
  onnx::ModelProto model = EmptyModel();
  onnx::GraphProto& graph = *model.mutable_graph();
  AddInput(graph, "image", {3, 32, 32});
  AddNode(graph, "Telepathy", {"image"}, "thought");
  AddOutput(graph, "thought");
  return Serialized(model);
}

std::string AbsurdWeightsModel() {
  onnx::ModelProto model = EmptyModel();
  onnx::GraphProto& graph = *model.mutable_graph();
  AddInput(graph, "image", {3, 32, 32});
  AddWeights(graph, "weights", {1}).set_dims(0, int64_t{1} << 40);
  AddNode(graph, "Conv", {"image", "weights"}, "y");
  AddOutput(graph, "y");
  return Serialized(model);
}

std::string AbsurdKernelModel() {
  onnx::ModelProto model = EmptyModel();
  onnx::GraphProto& graph = *model.mutable_graph();
  AddInput(graph, "image", {3, 32, 32});
  AddWeights(graph, "weights", {1, 3, 1, 1});
  SetIntegers(AddNode(graph, "Conv", {"image", "weights"}, "y"), "kernel_shape", {int64_t{1} << 40, int64_t{1} << 40});
  AddOutput(graph, "y");
  return Serialized(model);
}

std::string ReluModel(const std::vector<int64_t>& extents) {
  onnx::ModelProto model = EmptyModel();
  onnx::GraphProto& graph = *model.mutable_graph();
  AddInput(graph, "image", extents);
  AddNode(graph, "Relu", {"image"}, "y");
  AddOutput(graph, "y");
  return Serialized(model);
}

std::string WrongChannelsModel() {
  onnx::ModelProto model = EmptyModel();
  onnx::GraphProto& graph = *model.mutable_graph();
  AddInput(graph, "image", {3, 32, 32});
  AddConv(graph, "image", "y", 5, 4, 3);
  AddOutput(graph, "y");
  return Serialized(model);
}

}  // namespace onebyone::testing
