#pragma once

#include <gmock/gmock.h>

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/op/attributes.h"
#include "engine/op/op_type.h"
#include "engine/tensor/tensor.h"

namespace onebyone::testing {

// A tensor of `type` with these values, which must be exact in it. Aborts the test where the counts differ.
Tensor TensorOf(DataType type, const Shape& shape, const std::vector<double>& values);

// The same in float32.
Tensor Floats(const Shape& shape, const std::vector<double>& values);

// An optional input that is not there.
inline Tensor Absent() { return Tensor(); }

// 0, 1, 2, ... and `count` random multiples of 1/8 from -4 to 4, which are exact in every floating-point type.
std::vector<double> Counting(int64_t count);
std::vector<double> Eighths(int64_t count, std::mt19937& random);

// The elements of any tensor as numbers (exact, except for integers from 2^53 on).
std::vector<double> ValuesOf(const Tensor& tensor);

// Type and shape of an output.
struct Wanted {
  DataType type = DataType::kFloat32;
  Shape shape;
};

// Runs the reference kernel on outputs that hold rubbish before, so that an element left out shows.
absl::StatusOr<std::vector<Tensor>> ComputeAll(OpType op, const Attributes& attributes,
                                               const std::vector<Tensor>& inputs, const std::vector<Wanted>& outputs);

// The same for one output; of the first input's type, where only a shape is given.
absl::StatusOr<Tensor> Compute(OpType op, const Attributes& attributes, const std::vector<Tensor>& inputs,
                               const Wanted& output);
absl::StatusOr<Tensor> Compute(OpType op, const Attributes& attributes, const std::vector<Tensor>& inputs,
                               const Shape& output);

inline const std::vector<DataType>& AllTypes() {
  static const std::vector<DataType> types = {
      DataType::kFloat32, DataType::kFloat64, DataType::kFloat16, DataType::kBFloat16, DataType::kUInt8,
      DataType::kInt8,    DataType::kUInt16,  DataType::kInt16,   DataType::kUInt32,   DataType::kInt32,
      DataType::kUInt64,  DataType::kInt64,   DataType::kBool};
  return types;
}
bool IsFloating(DataType type);
std::vector<DataType> FloatingTypes();
std::vector<DataType> NumberTypes();  // all but bool

// EXPECT_THAT(result, Holds({1, 2}))  a StatusOr<Tensor> with exactly these values
MATCHER_P(HoldsVector, values, "is OK and holds " + ::testing::PrintToString(values)) {
  if (!arg.ok()) {
    *result_listener << arg.status().ToString();
    return false;
  }
  return ::testing::ExplainMatchResult(::testing::ElementsAreArray(values), ValuesOf(*arg), result_listener);
}
inline auto Holds(std::vector<double> values) { return HoldsVector(std::move(values)); }

// EXPECT_THAT(result, HoldsNear({0.5, 0.25}, 1e-6))
MATCHER_P2(HoldsVectorNear, values, tolerance,
           "is OK and holds, to " + ::testing::PrintToString(tolerance) + ", " + ::testing::PrintToString(values)) {
  if (!arg.ok()) {
    *result_listener << arg.status().ToString();
    return false;
  }
  return ::testing::ExplainMatchResult(::testing::Pointwise(::testing::DoubleNear(tolerance), values), ValuesOf(*arg),
                                       result_listener);
}
inline auto HoldsNear(std::vector<double> values, double tolerance) {
  return HoldsVectorNear(std::move(values), tolerance);
}

}  // namespace onebyone::testing
