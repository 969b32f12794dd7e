#include "engine/import/onnx_types.h"

#include <onnx/onnx_pb.h>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"

namespace onebyone {
namespace {

absl::StatusOr<Shape> ShapeFromOnnx(const onnx::TensorShapeProto& proto) {
  if (proto.dim_size() > kMaxRank) {
    return absl::InvalidArgumentError(absl::StrCat("want at most ", kMaxRank, " axes, got ", proto.dim_size()));
  }
  Shape shape;
  Shape known;
  for (const auto& dimension : proto.dim()) {
    // Some exporters write -1 for a free extent.
    const bool is_free = !dimension.has_dim_value() || dimension.dim_value() == -1;
    if (!is_free && dimension.dim_value() < 0) {
      return absl::InvalidArgumentError(absl::StrCat("want extents from 0 on, got ", dimension.dim_value()));
    }
    shape.Append(is_free ? Shape::kUnknown : dimension.dim_value());
    if (!is_free) known.Append(dimension.dim_value());
  }
  RETURN_IF_ERROR(known.CheckedElements().status());
  return shape;
}

absl::string_view NameOfKind(const onnx::TypeProto& type) {
  switch (type.value_case()) {
    case onnx::TypeProto::kSequenceType: return "sequence";
    case onnx::TypeProto::kMapType: return "map";
    case onnx::TypeProto::kOptionalType: return "optional";
    case onnx::TypeProto::kSparseTensorType: return "sparse tensor";
    default: return "other than tensor";
  }
}

}  // namespace

absl::StatusOr<DataType> DataTypeFromOnnx(int32_t onnx_type) {
  switch (onnx_type) {
    case onnx::TensorProto::FLOAT: return DataType::kFloat32;
    case onnx::TensorProto::DOUBLE: return DataType::kFloat64;
    case onnx::TensorProto::FLOAT16: return DataType::kFloat16;
    case onnx::TensorProto::BFLOAT16: return DataType::kBFloat16;
    case onnx::TensorProto::UINT8: return DataType::kUInt8;
    case onnx::TensorProto::INT8: return DataType::kInt8;
    case onnx::TensorProto::UINT16: return DataType::kUInt16;
    case onnx::TensorProto::INT16: return DataType::kInt16;
    case onnx::TensorProto::UINT32: return DataType::kUInt32;
    case onnx::TensorProto::INT32: return DataType::kInt32;
    case onnx::TensorProto::UINT64: return DataType::kUInt64;
    case onnx::TensorProto::INT64: return DataType::kInt64;
    case onnx::TensorProto::BOOL: return DataType::kBool;
    case onnx::TensorProto::UNDEFINED: return absl::InvalidArgumentError("want an element type, got none");
    default: break;
  }
  const std::string& name = onnx::TensorProto::DataType_Name(onnx_type);
  return absl::UnimplementedError(
      absl::StrCat("element type ", name.empty() ? absl::StrCat("number ", onnx_type) : absl::AsciiStrToLower(name)));
}

absl::StatusOr<TensorType> TensorTypeFromOnnx(const onnx::TypeProto& type) {
  if (type.value_case() == onnx::TypeProto::VALUE_NOT_SET) return absl::InvalidArgumentError("want a type, got none");
  if (!type.has_tensor_type()) return absl::UnimplementedError(absl::StrCat("type ", NameOfKind(type)));
  TensorType result;
  ASSIGN_OR_RETURN(result.type, DataTypeFromOnnx(type.tensor_type().elem_type()));
  result.has_shape = type.tensor_type().has_shape();
  ASSIGN_OR_RETURN(result.shape, ShapeFromOnnx(type.tensor_type().shape()));
  return result;
}

}  // namespace onebyone
