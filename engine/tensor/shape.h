#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>

#include "absl/container/inlined_vector.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace onebyone {

// The extents of a tensor, outermost first: [N, C, H, W] for images. An extent of kUnknown is not known yet (a free
// batch size); tensors with elements have only known extents. A scalar has rank 0.
class Shape {
 public:
  static constexpr int64_t kUnknown = -1;
  // No tensor may have more elements: what is larger is a mistake or an attack.
  static constexpr int64_t kMaxElements = int64_t{1} << 31;

  Shape() = default;
  Shape(std::initializer_list<int64_t> extents) : extents_(extents) {}
  explicit Shape(absl::Span<const int64_t> extents) : extents_(extents.begin(), extents.end()) {}

  int rank() const { return static_cast<int>(extents_.size()); }
  int64_t operator[](int axis) const { return extents_[axis]; }
  int64_t& operator[](int axis) { return extents_[axis]; }
  absl::Span<const int64_t> extents() const { return extents_; }
  void Append(int64_t extent) { extents_.push_back(extent); }

  // True where no extent is kUnknown.
  bool IsKnown() const;

  // The product of the extents (1 for a scalar). INVALID_ARGUMENT where one is unknown, or the product of those that
  // are not 0 is over kMaxElements.
  absl::StatusOr<int64_t> CheckedElements() const;

  // The same for a shape that passed CheckedElements.
  int64_t Elements() const;

  // "[1, 3, 224, 224]"; unknown extents print as "?".
  std::string ToString() const;

  friend bool operator==(const Shape& a, const Shape& b) { return a.extents_ == b.extents_; }
  friend bool operator!=(const Shape& a, const Shape& b) { return !(a == b); }

 private:
  absl::InlinedVector<int64_t, 6> extents_;
};

// `axis` counted from the end where negative, as in ONNX. INVALID_ARGUMENT outside [-rank, rank).
absl::StatusOr<int> NormalizeAxis(int64_t axis, int rank);

// The shape that two operands broadcast to (multidirectional, ONNX "Broadcasting"). INVALID_ARGUMENT where they do not.
absl::StatusOr<Shape> BroadcastShapes(const Shape& a, const Shape& b);

}  // namespace onebyone
