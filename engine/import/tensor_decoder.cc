#include "engine/import/tensor_decoder.h"

#include <onnx/onnx_pb.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <string>
#include <type_traits>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/import/onnx_types.h"

namespace onebyone {
namespace {

// Which field of a TensorProto keeps the elements of a type that are not raw.
enum class Field : uint8_t { kFloat, kDouble, kInt32, kInt64, kUInt64 };

Field FieldOf(DataType type) {
  switch (type) {
    case DataType::kFloat32: return Field::kFloat;
    case DataType::kFloat64: return Field::kDouble;
    case DataType::kInt64: return Field::kInt64;
    case DataType::kUInt32:
    case DataType::kUInt64: return Field::kUInt64;
    default: return Field::kInt32;  // the small integers, bool, and the bits of float16 and bfloat16
  }
}

int64_t FieldElements(const onnx::TensorProto& proto, DataType type) {
  switch (FieldOf(type)) {
    case Field::kFloat: return proto.float_data_size();
    case Field::kDouble: return proto.double_data_size();
    case Field::kInt64: return proto.int64_data_size();
    case Field::kUInt64: return proto.uint64_data_size();
    case Field::kInt32: break;
  }
  return proto.int32_data_size();
}

absl::StatusOr<Shape> ShapeOf(const onnx::TensorProto& proto) {
  if (proto.dims_size() > kMaxRank) {
    return absl::InvalidArgumentError(absl::StrCat("want at most ", kMaxRank, " axes, got ", proto.dims_size()));
  }
  Shape shape;
  for (const int64_t extent : proto.dims()) {
    if (extent < 0) return absl::InvalidArgumentError(absl::StrCat("want extents from 0 on, got ", extent));
    shape.Append(extent);
  }
  RETURN_IF_ERROR(shape.CheckedElements().status());
  return shape;
}

// Before memory is taken: the file must hold what the shape promises.
absl::Status CheckStoredElements(const onnx::TensorProto& proto, DataType type, const Shape& shape) {
  const int64_t elements = shape.Elements();
  if (proto.has_raw_data()) {
    const int64_t bytes = elements * static_cast<int64_t>(SizeOf(type));
    const auto stored = static_cast<int64_t>(proto.raw_data().size());
    if (stored == bytes) return absl::OkStatus();
    return absl::InvalidArgumentError(
        absl::StrCat("want ", bytes, " bytes for ", NameOf(type), shape.ToString(), ", got ", stored));
  }
  const int64_t stored = FieldElements(proto, type);
  if (stored == elements) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("want ", elements, " elements for ", NameOf(type), shape.ToString(), ", got ", stored));
}

template <typename T, typename Stored>
bool Fits(Stored value) {
  if constexpr (std::is_same_v<T, Float16> || std::is_same_v<T, BFloat16>) {
    return value >= 0 && value <= std::numeric_limits<uint16_t>::max();
  } else if constexpr (std::is_same_v<T, bool>) {
    return true;
  } else {
    return value >= std::numeric_limits<T>::lowest() && value <= std::numeric_limits<T>::max();
  }
}

template <typename T, typename Stored>
T Narrowed(Stored value) {
  if constexpr (std::is_same_v<T, Float16> || std::is_same_v<T, BFloat16>) {
    return T{static_cast<uint16_t>(value)};
  } else if constexpr (std::is_same_v<T, bool>) {
    return value != 0;
  } else {
    return static_cast<T>(value);
  }
}

template <typename T, typename Stored>
absl::Status CopyNarrowed(const google::protobuf::RepeatedField<Stored>& stored, Tensor& tensor) {
  T* elements = tensor.As<T>();
  for (const Stored value : stored) {
    if (!Fits<T>(value)) {
      return absl::InvalidArgumentError(absl::StrCat("want elements of ", NameOf(tensor.type()), ", got ", value));
    }
    *elements++ = Narrowed<T>(value);
  }
  return absl::OkStatus();
}

template <typename T>
absl::Status CopySame(const google::protobuf::RepeatedField<T>& stored, Tensor& tensor) {
  std::copy(stored.begin(), stored.end(), tensor.As<T>());
  return absl::OkStatus();
}

absl::Status CopyField(const onnx::TensorProto& proto, Tensor& tensor) {
  switch (tensor.type()) {
    case DataType::kFloat32: return CopySame(proto.float_data(), tensor);
    case DataType::kFloat64: return CopySame(proto.double_data(), tensor);
    case DataType::kInt64: return CopySame(proto.int64_data(), tensor);
    case DataType::kUInt64: return CopySame(proto.uint64_data(), tensor);
    case DataType::kUInt32: return CopyNarrowed<uint32_t>(proto.uint64_data(), tensor);
    case DataType::kInt32: return CopySame(proto.int32_data(), tensor);
    case DataType::kUInt16: return CopyNarrowed<uint16_t>(proto.int32_data(), tensor);
    case DataType::kInt16: return CopyNarrowed<int16_t>(proto.int32_data(), tensor);
    case DataType::kUInt8: return CopyNarrowed<uint8_t>(proto.int32_data(), tensor);
    case DataType::kInt8: return CopyNarrowed<int8_t>(proto.int32_data(), tensor);
    case DataType::kBool: return CopyNarrowed<bool>(proto.int32_data(), tensor);
    case DataType::kFloat16: return CopyNarrowed<Float16>(proto.int32_data(), tensor);
    case DataType::kBFloat16: return CopyNarrowed<BFloat16>(proto.int32_data(), tensor);
  }
  return absl::InternalError("element type without a field");
}

void CopyRaw(const std::string& raw, Tensor& tensor) {
  if (tensor.type() == DataType::kBool) {
    // Any byte but 0 and 1 is no bool of C++.
    std::transform(raw.begin(), raw.end(), tensor.As<bool>(), [](char byte) { return byte != 0; });
    return;
  }
  if (!raw.empty()) std::memcpy(tensor.data(), raw.data(), raw.size());
}

absl::StatusOr<Tensor> Decode(const onnx::TensorProto& proto, ConstantBudget& budget) {
  if (proto.data_location() == onnx::TensorProto::EXTERNAL || proto.external_data_size() > 0) {
    return absl::UnimplementedError("external data (elements kept outside the file)");
  }
  if (proto.has_segment()) return absl::UnimplementedError("tensor in segments");
  ASSIGN_OR_RETURN(const DataType type, DataTypeFromOnnx(proto.data_type()));
  ASSIGN_OR_RETURN(const Shape shape, ShapeOf(proto));
  RETURN_IF_ERROR(CheckStoredElements(proto, type, shape));
  RETURN_IF_ERROR(budget.Take(type, shape));
  ASSIGN_OR_RETURN(Tensor tensor, Tensor::Create(type, shape));
  if (proto.has_raw_data()) {
    CopyRaw(proto.raw_data(), tensor);
  } else {
    RETURN_IF_ERROR(CopyField(proto, tensor));
  }
  return tensor;
}

}  // namespace

absl::StatusOr<Tensor> DecodeTensor(const onnx::TensorProto& proto, absl::string_view place, ConstantBudget& budget) {
  absl::StatusOr<Tensor> tensor = Decode(proto, budget);
  if (tensor.ok() || absl::IsUnimplemented(tensor.status())) return tensor;
  return absl::Status(tensor.status().code(), absl::StrCat(place, ": ", tensor.status().message()));
}

}  // namespace onebyone
