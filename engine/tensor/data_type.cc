#include "engine/tensor/data_type.h"

namespace onebyone {

size_t SizeOf(DataType type) {
  return VisitDataType(type, [](auto element) { return sizeof(element); });
}

absl::string_view NameOf(DataType type) {
  switch (type) {
    case DataType::kFloat32: return "float32";
    case DataType::kFloat64: return "float64";
    case DataType::kFloat16: return "float16";
    case DataType::kBFloat16: return "bfloat16";
    case DataType::kUInt8: return "uint8";
    case DataType::kInt8: return "int8";
    case DataType::kUInt16: return "uint16";
    case DataType::kInt16: return "int16";
    case DataType::kUInt32: return "uint32";
    case DataType::kInt32: return "int32";
    case DataType::kUInt64: return "uint64";
    case DataType::kInt64: return "int64";
    case DataType::kBool: return "bool";
  }
  return "unknown";
}

}  // namespace onebyone
