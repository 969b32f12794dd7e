#pragma once

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"

namespace onebyone {

// The type of one element of a tensor. Networks compute in kFloat32; the others occur in weights, shapes and on the
// wire.
enum class DataType : uint8_t {
  kFloat32,
  kFloat64,
  kFloat16,
  kBFloat16,
  kUInt8,
  kInt8,
  kUInt16,
  kInt16,
  kUInt32,
  kInt32,
  kUInt64,
  kInt64,
  kBool,
};

// Bytes of one element.
size_t SizeOf(DataType type);

// "float32", "int8", ...
absl::string_view NameOf(DataType type);

// Calls `visitor` with a value-initialised element of the C++ type of `type`; kFloat16 and kBFloat16 come as the
// structs of half.h, kBool as bool. Used to write a kernel once for all types.
template <typename Visitor>
auto VisitDataType(DataType type, Visitor&& visitor);

template <typename T>
struct DataTypeOf;

}  // namespace onebyone

#include "engine/tensor/data_type_visit.h"  // IWYU pragma: export
