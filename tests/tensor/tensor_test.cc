#include "engine/tensor/tensor.h"

#include <gmock/gmock.h>

#include <cstdint>

#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::StatusIs;
using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

template <typename T>
absl::Span<const T> ElementsOf(const Tensor& tensor) {
  return {tensor.As<T>(), static_cast<size_t>(tensor.elements())};
}

TEST(Tensor, BeginsAsZeros) {
  ASSERT_OK_AND_ASSIGN(const Tensor tensor, Tensor::Create(DataType::kInt64, {2, 3}));
  EXPECT_EQ(tensor.elements(), 6);
  EXPECT_EQ(tensor.bytes(), 48U);
  EXPECT_THAT(ElementsOf<int64_t>(tensor), Each(0));
  EXPECT_EQ(reinterpret_cast<uintptr_t>(tensor.data()) % AlignedBuffer::kAlignment, 0U);
}

TEST(Tensor, HoldsOneElementAsAScalarAndNoneWithAnExtentOfZero) {
  ASSERT_OK_AND_ASSIGN(const Tensor scalar, Tensor::Create(DataType::kFloat64, {}));
  EXPECT_EQ(scalar.bytes(), 8U);
  ASSERT_OK_AND_ASSIGN(const Tensor none, Tensor::Create(DataType::kFloat32, {3, 0, 2}));
  EXPECT_EQ(none.bytes(), 0U);
  EXPECT_EQ(Tensor().elements(), 0);
}

TEST(Tensor, SharesItsElementsWithCopies) {
  ASSERT_OK_AND_ASSIGN(Tensor tensor, Tensor::Create(DataType::kFloat32, {4}));
  const Tensor copy = tensor;
  tensor.As<float>()[2] = 5.0F;
  EXPECT_EQ(copy.data(), static_cast<const Tensor&>(tensor).data());
  EXPECT_THAT(ElementsOf<float>(copy), ElementsAre(0, 0, 5, 0));
}

TEST(Tensor, TakesAnotherShapeWithoutACopy) {
  ASSERT_OK_AND_ASSIGN(const Tensor tensor, Tensor::Create(DataType::kFloat16, {2, 6}));
  ASSERT_OK_AND_ASSIGN(const Tensor reshaped, tensor.Reshaped({3, 1, 4}));
  EXPECT_EQ(reshaped.data(), tensor.data());
  EXPECT_EQ(reshaped.type(), DataType::kFloat16);
  EXPECT_EQ(reshaped.shape(), Shape({3, 1, 4}));
}

TEST(Tensor, RefusesAShapeWithOtherElements) {
  ASSERT_OK_AND_ASSIGN(const Tensor tensor, Tensor::Create(DataType::kFloat32, {2, 6}));
  EXPECT_THAT(tensor.Reshaped({13}),
              StatusIs(absl::StatusCode::kInvalidArgument, AllOf(HasSubstr("[2, 6]"), HasSubstr("[13]"))));
  EXPECT_THAT(tensor.Reshaped({Shape::kUnknown, 6}), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(Tensor, RefusesShapesThatAreUnknownOrAbsurdBeforeItTakesMemory) {
  const int64_t before = AlignedBuffer::TotalCreated();
  EXPECT_THAT(Tensor::Create(DataType::kUInt8, {Shape::kUnknown}), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Tensor::Create(DataType::kUInt8, {Shape::kMaxElements + 1}),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Tensor::Create(DataType::kUInt8, {int64_t{1} << 40, int64_t{1} << 40}),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_EQ(AlignedBuffer::TotalCreated(), before);
}

TEST(Tensor, IsViewedInPlace) {
  ASSERT_OK_AND_ASSIGN(Tensor tensor, Tensor::Create(DataType::kInt32, {2}));
  const TensorView view = tensor.view();
  view.As<int32_t>()[1] = 7;
  const ConstTensorView read = view;
  EXPECT_THAT(ElementsOf<int32_t>(tensor), ElementsAre(0, 7));
  EXPECT_EQ(read.As<int32_t>()[1], 7);
  EXPECT_EQ(read.shape, Shape({2}));
  EXPECT_EQ(read.type, DataType::kInt32);
}

}  // namespace
}  // namespace onebyone
