#pragma once

// The templates of data_type.h; include that.

#include <utility>

#include "engine/tensor/data_type.h"
#include "engine/tensor/half.h"

namespace onebyone {

template <typename Visitor>
auto VisitDataType(DataType type, Visitor&& visitor) {
  switch (type) {
    case DataType::kFloat64: return visitor(double{});
    case DataType::kFloat16: return visitor(Float16{});
    case DataType::kBFloat16: return visitor(BFloat16{});
    case DataType::kUInt8: return visitor(uint8_t{});
    case DataType::kInt8: return visitor(int8_t{});
    case DataType::kUInt16: return visitor(uint16_t{});
    case DataType::kInt16: return visitor(int16_t{});
    case DataType::kUInt32: return visitor(uint32_t{});
    case DataType::kInt32: return visitor(int32_t{});
    case DataType::kUInt64: return visitor(uint64_t{});
    case DataType::kInt64: return visitor(int64_t{});
    case DataType::kBool: return visitor(bool{});
    case DataType::kFloat32: break;
  }
  return visitor(float{});
}

// The DataType of a C++ type.
template <>
struct DataTypeOf<float> {
  static constexpr DataType value = DataType::kFloat32;
};
template <>
struct DataTypeOf<double> {
  static constexpr DataType value = DataType::kFloat64;
};
template <>
struct DataTypeOf<Float16> {
  static constexpr DataType value = DataType::kFloat16;
};
template <>
struct DataTypeOf<BFloat16> {
  static constexpr DataType value = DataType::kBFloat16;
};
template <>
struct DataTypeOf<uint8_t> {
  static constexpr DataType value = DataType::kUInt8;
};
template <>
struct DataTypeOf<int8_t> {
  static constexpr DataType value = DataType::kInt8;
};
template <>
struct DataTypeOf<uint16_t> {
  static constexpr DataType value = DataType::kUInt16;
};
template <>
struct DataTypeOf<int16_t> {
  static constexpr DataType value = DataType::kInt16;
};
template <>
struct DataTypeOf<uint32_t> {
  static constexpr DataType value = DataType::kUInt32;
};
template <>
struct DataTypeOf<int32_t> {
  static constexpr DataType value = DataType::kInt32;
};
template <>
struct DataTypeOf<uint64_t> {
  static constexpr DataType value = DataType::kUInt64;
};
template <>
struct DataTypeOf<int64_t> {
  static constexpr DataType value = DataType::kInt64;
};
template <>
struct DataTypeOf<bool> {
  static constexpr DataType value = DataType::kBool;
};

}  // namespace onebyone
