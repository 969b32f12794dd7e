#include "tests/import/model_builder.h"

#include <gtest/gtest.h>

#include <type_traits>

namespace onebyone::testing {
namespace {

onnx::AttributeProto& Added(onnx::NodeProto& node, const std::string& name, onnx::AttributeProto::AttributeType type) {
  onnx::AttributeProto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(type);
  return attribute;
}

}  // namespace

void Set(onnx::NodeProto& node, const std::string& name, int64_t value) {
  Added(node, name, onnx::AttributeProto::INT).set_i(value);
}

void Set(onnx::NodeProto& node, const std::string& name, int value) { Set(node, name, int64_t{value}); }

void Set(onnx::NodeProto& node, const std::string& name, float value) {
  Added(node, name, onnx::AttributeProto::FLOAT).set_f(value);
}

void Set(onnx::NodeProto& node, const std::string& name, const char* value) {
  Added(node, name, onnx::AttributeProto::STRING).set_s(value);
}

void Set(onnx::NodeProto& node, const std::string& name, const std::vector<int64_t>& values) {
  Added(node, name, onnx::AttributeProto::INTS).mutable_ints()->Add(values.begin(), values.end());
}

void Set(onnx::NodeProto& node, const std::string& name, const std::vector<float>& values) {
  Added(node, name, onnx::AttributeProto::FLOATS).mutable_floats()->Add(values.begin(), values.end());
}

void Set(onnx::NodeProto& node, const std::string& name, const onnx::TensorProto& value) {
  *Added(node, name, onnx::AttributeProto::TENSOR).mutable_t() = value;
}

onnx::TensorProto FloatTensor(const std::string& name, const std::vector<int64_t>& dims,
                              const std::vector<float>& elements) {
  onnx::TensorProto tensor;
  tensor.set_name(name);
  tensor.set_data_type(onnx::TensorProto::FLOAT);
  tensor.mutable_dims()->Add(dims.begin(), dims.end());
  tensor.mutable_float_data()->Add(elements.begin(), elements.end());
  return tensor;
}

onnx::TensorProto Int64Tensor(const std::string& name, const std::vector<int64_t>& dims,
                              const std::vector<int64_t>& elements) {
  onnx::TensorProto tensor;
  tensor.set_name(name);
  tensor.set_data_type(onnx::TensorProto::INT64);
  tensor.mutable_dims()->Add(dims.begin(), dims.end());
  tensor.mutable_int64_data()->Add(elements.begin(), elements.end());
  return tensor;
}

ModelBuilder::ModelBuilder(int64_t opset) {
  model_.set_ir_version(7);
  model_.add_opset_import()->set_version(opset);
  model_.mutable_graph()->set_name("test");
}

ModelBuilder& ModelBuilder::Input(const std::string& name, const std::vector<int64_t>& dims, int32_t type) {
  onnx::ValueInfoProto& input = *graph().add_input();
  input.set_name(name);
  auto& tensor = *input.mutable_type()->mutable_tensor_type();
  tensor.set_elem_type(type);
  tensor.mutable_shape();
  for (const int64_t extent : dims) {
    auto& dimension = *tensor.mutable_shape()->add_dim();
    if (extent == -1) {
      dimension.set_dim_param("N");
    } else {
      dimension.set_dim_value(extent);
    }
  }
  return *this;
}

ModelBuilder& ModelBuilder::Initializer(const onnx::TensorProto& tensor) {
  *graph().add_initializer() = tensor;
  return *this;
}

ModelBuilder& ModelBuilder::Zeros(const std::string& name, const std::vector<int64_t>& dims) {
  int64_t elements = 1;
  for (const int64_t extent : dims) elements *= extent;
  return Initializer(FloatTensor(name, dims, std::vector<float>(elements, 0.0F)));
}

onnx::NodeProto& ModelBuilder::Node(const std::string& op, const std::vector<std::string>& inputs,
                                    const std::vector<std::string>& outputs) {
  onnx::NodeProto& node = *graph().add_node();
  node.set_op_type(op);
  if (!outputs.empty()) node.set_name(outputs.front());
  for (const std::string& input : inputs) node.add_input(input);
  for (const std::string& output : outputs) node.add_output(output);
  return node;
}

ModelBuilder& ModelBuilder::Output(const std::string& name) {
  graph().add_output()->set_name(name);
  return *this;
}

ModelBuilder OverImage(int64_t opset, const std::string& op, const std::vector<std::string>& more_inputs) {
  ModelBuilder builder(opset);
  builder.Input("x", {1, 4, 8, 8}).Output("y");
  std::vector<std::string> inputs = {"x"};
  inputs.insert(inputs.end(), more_inputs.begin(), more_inputs.end());
  builder.Node(op, inputs, {"y"});
  return builder;
}

onnx::NodeProto& LastNode(ModelBuilder& builder) { return *builder.graph().mutable_node()->rbegin(); }

const Node& OnlyNode(const Graph& graph, OpType op) {
  static const Node none;
  const std::vector<NodeId> nodes = graph.NodesOf(op);
  EXPECT_EQ(nodes.size(), 1) << NameOf(op);
  return nodes.size() == 1 ? graph.node(nodes.front()) : none;
}

std::vector<double> ConstantElements(const Graph& graph, const std::string& value) {
  const Tensor* constant = graph.ConstantOf(graph.FindValue(value));
  EXPECT_NE(constant, nullptr) << value << " is no constant";
  if (constant == nullptr) return {};
  return VisitDataType(constant->type(), [&](auto element) {
    using T = decltype(element);
    std::vector<double> elements;
    for (int64_t i = 0; i < constant->elements(); ++i) {
      if constexpr (std::is_same_v<T, Float16> || std::is_same_v<T, BFloat16>) {
        elements.push_back(ToFloat(constant->As<T>()[i]));
      } else {
        elements.push_back(static_cast<double>(constant->As<T>()[i]));
      }
    }
    return elements;
  });
}

}  // namespace onebyone::testing
