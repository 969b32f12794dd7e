#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "engine/tensor/data_type.h"
#include "engine/tensor/shape.h"

namespace onnx {
class TensorShapeProto;
class TypeProto;
}  // namespace onnx

namespace onebyone {

// No tensor of a file may have more axes.
inline constexpr int kMaxRank = 32;

// The element type that a number of onnx.TensorProto.DataType means. UNIMPLEMENTED, naming the type, for those that
// onebyone lacks (strings, complex numbers, ...); INVALID_ARGUMENT for 0, which means none.
absl::StatusOr<DataType> DataTypeFromOnnx(int32_t onnx_type);

// What a file tells of a graph input.
struct TensorType {
  DataType type = DataType::kFloat32;
  Shape shape;             // free extents are Shape::kUnknown
  bool has_shape = false;  // false: not even the rank is told
};

// UNIMPLEMENTED for what is no tensor (a sequence, a map, an optional, a sparse tensor) or has an element type as
// above; INVALID_ARGUMENT for extents or ranks that no tensor can have.
absl::StatusOr<TensorType> TensorTypeFromOnnx(const onnx::TypeProto& type);

}  // namespace onebyone
