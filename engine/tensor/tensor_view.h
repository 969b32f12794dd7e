#pragma once

#include "engine/tensor/data_type.h"
#include "engine/tensor/shape.h"

namespace onebyone {

// Elements that somebody else owns, dense and row-major.
struct ConstTensorView {
  DataType type = DataType::kFloat32;
  Shape shape;
  const void* data = nullptr;

  template <typename T>
  const T* As() const {
    return static_cast<const T*>(data);
  }
};

// The same, writable.
struct TensorView {
  DataType type = DataType::kFloat32;
  Shape shape;
  void* data = nullptr;

  template <typename T>
  T* As() const {
    return static_cast<T*>(data);
  }
  operator ConstTensorView() const { return {type, shape, data}; }  // NOLINT(google-explicit-constructor)
};

}  // namespace onebyone
