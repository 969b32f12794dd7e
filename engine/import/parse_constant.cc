// Constants, and changes of element type.

#include <onnx/onnx_pb.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/import/onnx_types.h"
#include "engine/import/operator_parsers.h"
#include "engine/import/tensor_decoder.h"

namespace onebyone {
namespace {

template <typename T>
absl::StatusOr<Tensor> TensorOf(NodeParser& node, const Shape& shape, const std::vector<T>& elements) {
  RETURN_IF_ERROR(node.budget().Take(DataTypeOf<T>::value, shape));
  ASSIGN_OR_RETURN(Tensor tensor, Tensor::Create(DataTypeOf<T>::value, shape));
  std::copy(elements.begin(), elements.end(), tensor.As<T>());
  return tensor;
}

// Every element of `tensor` becomes the one of `element`, of the same type.
void Fill(Tensor& tensor, const Tensor& element) {
  const size_t size = SizeOf(tensor.type());
  auto* bytes = static_cast<uint8_t*>(tensor.data());
  for (size_t offset = 0; offset < tensor.bytes(); offset += size) std::memcpy(bytes + offset, element.data(), size);
}

}  // namespace

absl::StatusOr<ParsedNode> ParseConstant(NodeParser& node) {
  RETURN_IF_ERROR(node.CheckInputs(0, 0));
  RETURN_IF_ERROR(node.CheckOutputs(1));
  NodeAttributes& attributes = node.attributes();
  ASSIGN_OR_RETURN(const onnx::TensorProto* value, attributes.FindTensor("value"));
  ASSIGN_OR_RETURN(const auto value_float, attributes.FindFloat("value_float"));
  ASSIGN_OR_RETURN(const auto value_floats, attributes.FindFloats("value_floats"));
  ASSIGN_OR_RETURN(const auto value_int, attributes.FindInt("value_int"));
  ASSIGN_OR_RETURN(const auto value_ints, attributes.FindInts("value_ints"));
  const bool is_sparse = attributes.Ignore("sparse_value");
  const bool is_string = attributes.Ignore("value_string") || attributes.Ignore("value_strings");
  const int values = (value != nullptr ? 1 : 0) + (value_float ? 1 : 0) + (value_floats ? 1 : 0) + (value_int ? 1 : 0) +
                     (value_ints ? 1 : 0) + (is_sparse ? 1 : 0) + (is_string ? 1 : 0);
  if (values != 1) return absl::InvalidArgumentError(absl::StrCat("attributes: want one value, got ", values));
  if (is_sparse) return absl::UnimplementedError("sparse tensor");
  if (is_string) return absl::UnimplementedError("element type string");
  if (value != nullptr) return DecodeTensor(*value, "attribute 'value'", node.budget());
  if (value_float) return TensorOf<float>(node, {}, {*value_float});
  if (value_int) return TensorOf<int64_t>(node, {}, {*value_int});
  if (value_floats) return TensorOf(node, {static_cast<int64_t>(value_floats->size())}, *value_floats);
  return TensorOf(node, {static_cast<int64_t>(value_ints->size())}, *value_ints);
}

absl::StatusOr<ParsedNode> ParseConstantOfShape(NodeParser& node) {
  RETURN_IF_ERROR(node.CheckInputs(1, 1));
  RETURN_IF_ERROR(node.CheckOutputs(1));
  ASSIGN_OR_RETURN(const onnx::TensorProto* value, node.attributes().FindTensor("value"));
  ASSIGN_OR_RETURN(Tensor element, Tensor::Create(DataType::kFloat32, {1}));
  if (value != nullptr) {
    ASSIGN_OR_RETURN(element, DecodeTensor(*value, "attribute 'value'", node.budget()));
  }
  if (element.elements() != 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("attribute 'value': want one element, got ", element.shape().ToString()));
  }
  ASSIGN_OR_RETURN(const std::vector<int64_t> extents, node.ConstantInts(0, "input"));
  if (extents.size() > kMaxRank || std::any_of(extents.begin(), extents.end(), [](int64_t n) { return n < 0; })) {
    return absl::InvalidArgumentError(
        absl::StrCat("input: want at most ", kMaxRank, " extents from 0 on, got ", Shape(extents).ToString()));
  }
  RETURN_IF_ERROR(node.budget().Take(element.type(), Shape(extents)));
  ASSIGN_OR_RETURN(Tensor tensor, Tensor::Create(element.type(), Shape(extents)));
  Fill(tensor, element);
  return tensor;
}

absl::StatusOr<ParsedNode> ParseCast(NodeParser& node) {
  RETURN_IF_ERROR(node.CheckInputs(1, 1));
  RETURN_IF_ERROR(node.CheckOutputs(1));
  ASSIGN_OR_RETURN(const int64_t to, node.attributes().RequiredInt("to"));
  CastAttributes cast;
  // Numbers of more than 32 bits mean no type; 0 does neither.
  ASSIGN_OR_RETURN(cast.to, DataTypeFromOnnx(static_cast<int32_t>(to) == to ? static_cast<int32_t>(to) : 0));
  return Operation{OpType::kCast, cast, node.inputs()};
}

}  // namespace onebyone
