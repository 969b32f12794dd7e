#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "engine/tensor/data_type.h"
#include "engine/tensor/shape.h"

namespace onebyone {

// Counts the bytes of a network's constants against a limit, before memory is taken for them. Not thread-safe.
class ConstantBudget {
 public:
  explicit ConstantBudget(int64_t max_bytes) : max_bytes_(max_bytes) {}

  // Reserves room for one constant. INVALID_ARGUMENT where the shape is no shape of a tensor or the limit would be
  // passed.
  absl::Status Take(DataType type, const Shape& shape);

 private:
  const int64_t max_bytes_;
  int64_t taken_bytes_ = 0;
};

}  // namespace onebyone
