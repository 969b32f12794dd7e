#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "engine/tensor/aligned_buffer.h"
#include "engine/tensor/data_type.h"
#include "engine/tensor/shape.h"
#include "engine/tensor/tensor_view.h"

namespace onebyone {

// An owning, dense, row-major tensor. Copies share the elements (weights are written once and then only read); use
// Create and copy the elements for a tensor of its own.
class Tensor {
 public:
  // Zeros. INVALID_ARGUMENT for a shape that is unknown or too large, RESOURCE_EXHAUSTED where there is no memory.
  static absl::StatusOr<Tensor> Create(DataType type, const Shape& shape);

  // An empty float32 tensor of shape [0].
  Tensor() : shape_({0}), buffer_(std::make_shared<AlignedBuffer>()) {}

  DataType type() const { return type_; }
  const Shape& shape() const { return shape_; }
  int64_t elements() const { return shape_.Elements(); }
  size_t bytes() const { return static_cast<size_t>(elements()) * SizeOf(type_); }

  template <typename T>
  T* As() {
    return reinterpret_cast<T*>(buffer_->data());
  }
  template <typename T>
  const T* As() const {
    return reinterpret_cast<const T*>(buffer_->data());
  }
  void* data() { return buffer_->data(); }
  const void* data() const { return buffer_->data(); }

  TensorView view() { return {type_, shape_, buffer_->data()}; }
  ConstTensorView view() const { return {type_, shape_, buffer_->data()}; }

  // The same elements under another shape. INVALID_ARGUMENT where the number of elements differs.
  absl::StatusOr<Tensor> Reshaped(const Shape& shape) const;

 private:
  Tensor(DataType type, const Shape& shape, std::shared_ptr<AlignedBuffer> buffer)
      : type_(type), shape_(shape), buffer_(std::move(buffer)) {}

  DataType type_ = DataType::kFloat32;
  Shape shape_;
  std::shared_ptr<AlignedBuffer> buffer_;
};

}  // namespace onebyone
