#include "tests/conformance/conformance_case.h"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/import/constant_budget.h"
#include "engine/import/operator_table.h"
#include "engine/import/tensor_decoder.h"

namespace onebyone::testing {
namespace {

namespace fs = std::filesystem;

template <typename Message>
bool Read(const std::string& path, Message& message) {
  std::ifstream stream(path, std::ios::binary);
  return stream && message.ParseFromIstream(&stream);
}

// input_0.pb, input_1.pb, ... of `folder`, as many as there are.
absl::StatusOr<std::vector<Tensor>> ReadTensors(const std::string& folder, absl::string_view kind) {
  std::vector<Tensor> tensors;
  for (int index = 0;; ++index) {
    const std::string path = absl::StrCat(folder, "/", kind, "_", index, ".pb");
    if (!fs::exists(path)) return tensors;
    onnx::TensorProto proto;
    if (!Read(path, proto)) return absl::InvalidArgumentError(absl::StrCat(path, ": want a TensorProto"));
    ConstantBudget budget(int64_t{1} << 30);
    ASSIGN_OR_RETURN(Tensor tensor, DecodeTensor(proto, path, budget));
    tensors.push_back(std::move(tensor));
  }
}

// NumPy, which recorded the data, has no bfloat16: such tensors are stored as the bits, in uint16.
absl::Status TakeBFloat16FromBits(const onnx::ValueInfoProto& declared, Tensor& tensor) {
  if (declared.type().tensor_type().elem_type() != onnx::TensorProto::BFLOAT16) return absl::OkStatus();
  if (tensor.type() != DataType::kUInt16) return absl::OkStatus();
  ASSIGN_OR_RETURN(Tensor result, Tensor::Create(DataType::kBFloat16, tensor.shape()));
  std::memcpy(result.data(), tensor.data(), tensor.bytes());
  tensor = std::move(result);
  return absl::OkStatus();
}

bool IsString(const onnx::ValueInfoProto& value) {
  return value.type().tensor_type().elem_type() == onnx::TensorProto::STRING;
}

bool IsNoTensor(const onnx::ValueInfoProto& value) { return !value.type().has_tensor_type(); }

// A value of the graph that is true and not 0: recorded as input number `index` of the first data set.
bool RecordedAsNonzero(const ConformanceCase& conformance_case, const std::string& name) {
  const std::vector<std::string> names = conformance_case.InputNames();
  const auto index = std::find(names.begin(), names.end(), name) - names.begin();
  const std::string path = absl::StrCat(conformance_case.folder, "/test_data_set_0/input_", index, ".pb");
  onnx::TensorProto proto;
  if (!Read(path, proto)) return false;
  const std::string& raw = proto.raw_data();
  return std::any_of(raw.begin(), raw.end(), [](char byte) { return byte != 0; }) ||
         std::any_of(proto.int32_data().begin(), proto.int32_data().end(), [](int number) { return number != 0; });
}

// Inputs 1 and 2 of a Dropout: the ratio (0.5 where absent), and whether it trains.
bool DropsAtRandom(const ConformanceCase& conformance_case, const onnx::NodeProto& node) {
  if (node.op_type() != "Dropout" || node.input_size() < 3 || node.input(2).empty()) return false;
  const bool drops = node.input(1).empty() || RecordedAsNonzero(conformance_case, node.input(1));
  return drops && RecordedAsNonzero(conformance_case, node.input(2));
}

bool TrainsBatchNormalization(const onnx::NodeProto& node) {
  return node.op_type() == "BatchNormalization" &&
         std::any_of(node.attribute().begin(), node.attribute().end(), [](const onnx::AttributeProto& attribute) {
           return attribute.name() == "training_mode" && attribute.i() != 0;
         });
}

}  // namespace

std::vector<std::string> ConformanceCase::InputNames() const {
  absl::flat_hash_set<std::string> initializers;
  for (const onnx::TensorProto& initializer : model.graph().initializer()) initializers.insert(initializer.name());
  std::vector<std::string> names;
  for (const onnx::ValueInfoProto& input : model.graph().input()) {
    if (!initializers.contains(input.name())) names.push_back(input.name());
  }
  return names;
}

std::vector<ConformanceCase> FindCases(const std::string& root) {
  std::vector<ConformanceCase> cases;
  for (const std::string suite : {"node", "simple", "pytorch-converted", "pytorch-operator"}) {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(absl::StrCat(root, "/", suite), error)) {
      ConformanceCase found{absl::StrCat(suite, "/", entry.path().filename().string()), entry.path().string(), {}};
      if (Read(found.folder + "/model.onnx", found.model)) cases.push_back(std::move(found));
    }
  }
  std::sort(cases.begin(), cases.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return cases;
}

absl::StatusOr<std::vector<DataSet>> LoadDataSets(const ConformanceCase& conformance_case) {
  std::vector<DataSet> sets;
  for (int index = 0;; ++index) {
    DataSet set{absl::StrCat("test_data_set_", index), {}, {}};
    const std::string folder = absl::StrCat(conformance_case.folder, "/", set.name);
    if (!fs::exists(folder)) return sets;
    ASSIGN_OR_RETURN(set.inputs, ReadTensors(folder, "input"));
    ASSIGN_OR_RETURN(set.outputs, ReadTensors(folder, "output"));
    const onnx::GraphProto& graph = conformance_case.model.graph();
    for (int i = 0; i < std::min<int>(graph.input_size(), static_cast<int>(set.inputs.size())); ++i) {
      RETURN_IF_ERROR(TakeBFloat16FromBits(graph.input(i), set.inputs[i]));
    }
    for (int i = 0; i < std::min<int>(graph.output_size(), static_cast<int>(set.outputs.size())); ++i) {
      RETURN_IF_ERROR(TakeBFloat16FromBits(graph.output(i), set.outputs[i]));
    }
    sets.push_back(std::move(set));
  }
}

bool HasOnlyOurOperators(const onnx::ModelProto& model) {
  static const absl::flat_hash_set<std::string> ours = {"Add",
                                                        "AveragePool",
                                                        "BatchNormalization",
                                                        "Cast",
                                                        "Clip",
                                                        "Concat",
                                                        "Constant",
                                                        "Conv",
                                                        "Dropout",
                                                        "ConstantOfShape",
                                                        "Flatten",
                                                        "Gemm",
                                                        "Identity",
                                                        "GlobalAveragePool",
                                                        "LRN",
                                                        "LeakyRelu",
                                                        "DequantizeLinear",
                                                        "QuantizeLinear",
                                                        "QLinearConv",
                                                        "GlobalMaxPool",
                                                        "MatMul",
                                                        "MaxPool",
                                                        "Mul",
                                                        "Pad",
                                                        "ReduceMean",
                                                        "Relu",
                                                        "Reshape",
                                                        "Sigmoid",
                                                        "Softmax",
                                                        "Squeeze",
                                                        "Sum",
                                                        "Transpose",
                                                        "Unsqueeze"};
  return std::all_of(model.graph().node().begin(), model.graph().node().end(), [&](const onnx::NodeProto& node) {
    return (node.domain().empty() || node.domain() == "ai.onnx") && ours.contains(node.op_type());
  });
}

int64_t OperatorSetOf(const onnx::ModelProto& model) {
  int64_t newest = 0;
  for (const onnx::OperatorSetIdProto& set : model.opset_import()) {
    if (set.domain().empty() || set.domain() == "ai.onnx") newest = std::max(newest, set.version());
  }
  return newest;
}

std::string ReasonToLeaveOut(const ConformanceCase& conformance_case) {
  if (const int64_t set = OperatorSetOf(conformance_case.model); set > kNewestOpset) {
    return absl::StrCat("operator set ", set);
  }
  const onnx::GraphProto& graph = conformance_case.model.graph();
  for (const auto* values : {&graph.input(), &graph.output()}) {
    if (std::any_of(values->begin(), values->end(), IsNoTensor)) return "sequences and optionals, not tensors";
    if (std::any_of(values->begin(), values->end(), IsString)) return "elements are strings";
  }
  for (const onnx::NodeProto& node : graph.node()) {
    if (TrainsBatchNormalization(node)) return "training mode: statistics of the batch";
    if (DropsAtRandom(conformance_case, node)) return "training mode: drops at random";
  }
  return "";
}

}  // namespace onebyone::testing
