#pragma once

#include <onnx/onnx_pb.h>

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/import/onnx_importer.h"

namespace onebyone::testing {

// Adds attribute `name` to `node`.
void Set(onnx::NodeProto& node, const std::string& name, int64_t value);
void Set(onnx::NodeProto& node, const std::string& name, int value);
void Set(onnx::NodeProto& node, const std::string& name, float value);
void Set(onnx::NodeProto& node, const std::string& name, const char* value);
void Set(onnx::NodeProto& node, const std::string& name, const std::vector<int64_t>& values);
void Set(onnx::NodeProto& node, const std::string& name, const std::vector<float>& values);
void Set(onnx::NodeProto& node, const std::string& name, const onnx::TensorProto& value);

onnx::TensorProto FloatTensor(const std::string& name, const std::vector<int64_t>& dims,
                              const std::vector<float>& elements);
onnx::TensorProto Int64Tensor(const std::string& name, const std::vector<int64_t>& dims,
                              const std::vector<int64_t>& elements);

// Writes small ONNX files, right ones and wrong ones.
class ModelBuilder {
 public:
  explicit ModelBuilder(int64_t opset = 13);

  // A free extent is -1.
  ModelBuilder& Input(const std::string& name, const std::vector<int64_t>& dims,
                      int32_t type = onnx::TensorProto::FLOAT);
  ModelBuilder& Initializer(const onnx::TensorProto& tensor);
  // A float initializer of zeros.
  ModelBuilder& Zeros(const std::string& name, const std::vector<int64_t>& dims);
  // A node that is named as its first output.
  onnx::NodeProto& Node(const std::string& op, const std::vector<std::string>& inputs,
                        const std::vector<std::string>& outputs);
  ModelBuilder& Output(const std::string& name);

  onnx::ModelProto& model() { return model_; }
  onnx::GraphProto& graph() { return *model_.mutable_graph(); }
  std::string Serialize() const { return model_.SerializeAsString(); }
  absl::StatusOr<Graph> Import(const OnnxImportOptions& options = {}) const { return ImportOnnx(Serialize(), options); }

 private:
  onnx::ModelProto model_;
};

// A model of one node over the float input "x" [1, 4, 8, 8], which returns its output "y".
ModelBuilder OverImage(int64_t opset, const std::string& op, const std::vector<std::string>& more_inputs = {});
onnx::NodeProto& LastNode(ModelBuilder& builder);

// The only node of type `op`; fails the test where there is not exactly one.
const Node& OnlyNode(const Graph& graph, OpType op);

// The elements of a constant value, by name, in any number type; fails the test where it is no constant.
std::vector<double> ConstantElements(const Graph& graph, const std::string& value);

}  // namespace onebyone::testing
