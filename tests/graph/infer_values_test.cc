// Shapes and types of the operators that compute on elements, rows and means.

#include <gmock/gmock.h>

#include "tests/graph/infer_one.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::Extents;
using ::onebyone::testing::Float;
using ::onebyone::testing::InferOne;
using ::onebyone::testing::InferShapeOf;
using ::onebyone::testing::IsOkAndHolds;
using ::onebyone::testing::NameOfCase;
using ::onebyone::testing::ShapeCase;

class ComputedShapeOf : public ::testing::TestWithParam<ShapeCase> {};

TEST_P(ComputedShapeOf, IsAsOnnxDefinesIt) {
  const ShapeCase& node = GetParam();
  EXPECT_THAT(InferShapeOf(node.op, node.attributes, node.inputs), IsOkAndHolds(Shape(node.output)));
}

INSTANTIATE_TEST_SUITE_P(
    SameShape, ComputedShapeOf,
    ::testing::Values(ShapeCase{"Relu", OpType::kRelu, ActivationAttributes{}, {{1, 3, 4, 4}}, {1, 3, 4, 4}},
                      ShapeCase{"LeakyReluOfAScalar", OpType::kLeakyRelu, ActivationAttributes{}, {{}}, {}},
                      ShapeCase{"Clip", OpType::kClip, ActivationAttributes{}, {{7}}, {7}},
                      ShapeCase{"Sigmoid", OpType::kSigmoid, ActivationAttributes{}, {{2, 0}}, {2, 0}},
                      ShapeCase{"BatchNormalization",
                                OpType::kBatchNormalization,
                                BatchNormalizationAttributes{},
                                {{2, 5, 3, 3}, {5}, {5}, {5}, {5}},
                                {2, 5, 3, 3}},
                      ShapeCase{"BatchNormalizationOfVectors",
                                OpType::kBatchNormalization,
                                BatchNormalizationAttributes{},
                                {{2, 5}, {5}, {5}, {5}, {5}},
                                {2, 5}},
                      ShapeCase{"Lrn", OpType::kLrn, LrnAttributes{}, {{1, 64, 56, 56}}, {1, 64, 56, 56}},
                      ShapeCase{"Softmax", OpType::kSoftmax, SoftmaxAttributes{}, {{1, 1000}}, {1, 1000}},
                      ShapeCase{"Dropout", OpType::kDropout, std::monostate{}, {{1, 1024}}, {1, 1024}},
                      ShapeCase{"DropoutWithARatio", OpType::kDropout, std::monostate{}, {{1, 1024}, {}}, {1, 1024}},
                      ShapeCase{"Identity", OpType::kIdentity, std::monostate{}, {{3}}, {3}}),
    NameOfCase);

INSTANTIATE_TEST_SUITE_P(
    Broadcast, ComputedShapeOf,
    ::testing::Values(
        ShapeCase{"AddPerChannel", OpType::kAdd, std::monostate{}, {{1, 8, 4, 4}, {8, 1, 1}}, {1, 8, 4, 4}},
        ShapeCase{"AddBothWays", OpType::kAdd, std::monostate{}, {{3, 1}, {1, 4}}, {3, 4}},
        ShapeCase{"MulByScalar", OpType::kMul, std::monostate{}, {{}, {2, 3}}, {2, 3}},
        ShapeCase{"SumOfOne", OpType::kSum, std::monostate{}, {{2, 3}}, {2, 3}},
        ShapeCase{"SumOfThree", OpType::kSum, std::monostate{}, {{3, 1, 1}, {2, 1}, {4}}, {3, 2, 4}}),
    NameOfCase);

INSTANTIATE_TEST_SUITE_P(
    Gemm, ComputedShapeOf,
    ::testing::Values(ShapeCase{"Plain", OpType::kGemm, GemmAttributes{}, {{2, 3}, {3, 4}}, {2, 4}},
                      ShapeCase{"TransposedB",
                                OpType::kGemm,
                                GemmAttributes{.transpose_b = true},
                                {{1, 1024}, {1000, 1024}, {1000}},
                                {1, 1000}},
                      ShapeCase{"TransposedBoth",
                                OpType::kGemm,
                                GemmAttributes{.transpose_a = true, .transpose_b = true},
                                {{3, 2}, {4, 3}},
                                {2, 4}},
                      ShapeCase{"ScalarC", OpType::kGemm, GemmAttributes{}, {{2, 3}, {3, 4}, {}}, {2, 4}},
                      ShapeCase{"ColumnC", OpType::kGemm, GemmAttributes{}, {{2, 3}, {3, 4}, {2, 1}}, {2, 4}},
                      ShapeCase{"WholeC", OpType::kGemm, GemmAttributes{}, {{2, 3}, {3, 4}, {2, 4}}, {2, 4}}),
    NameOfCase);

// numpy.matmul of arrays of these shapes.
INSTANTIATE_TEST_SUITE_P(
    MatMul, ComputedShapeOf,
    ::testing::Values(ShapeCase{"Matrices", OpType::kMatMul, std::monostate{}, {{2, 3}, {3, 4}}, {2, 4}},
                      ShapeCase{"Vectors", OpType::kMatMul, std::monostate{}, {{3}, {3}}, {}},
                      ShapeCase{"VectorOnTheLeft", OpType::kMatMul, std::monostate{}, {{3}, {5, 3, 4}}, {5, 4}},
                      ShapeCase{"VectorOnTheRight", OpType::kMatMul, std::monostate{}, {{5, 2, 3}, {3}}, {5, 2}},
                      ShapeCase{"Stacks", OpType::kMatMul, std::monostate{}, {{7, 1, 2, 3}, {6, 3, 4}}, {7, 6, 2, 4}},
                      ShapeCase{"StackByMatrix", OpType::kMatMul, std::monostate{}, {{7, 2, 3}, {3, 4}}, {7, 2, 4}},
                      ShapeCase{"NoInnerElements", OpType::kMatMul, std::monostate{}, {{2, 0}, {0, 4}}, {2, 4}}),
    NameOfCase);

ShapeCase Mean(const std::string& what, std::vector<int64_t> axes, bool keep_dims, Extents input, Extents output) {
  return {what,
          OpType::kReduceMean,
          ReduceMeanAttributes{std::move(axes), keep_dims},
          {std::move(input)},
          std::move(output)};
}

INSTANTIATE_TEST_SUITE_P(
    Means, ComputedShapeOf,
    ::testing::Values(
        Mean("SpatialKept", {2, 3}, true, {1, 8, 5, 5}, {1, 8, 1, 1}),
        Mean("SpatialDropped", {-1, -2}, false, {1, 8, 5, 5}, {1, 8}), Mean("AllKept", {}, true, {2, 3}, {1, 1}),
        Mean("AllDropped", {}, false, {2, 3}, {}), Mean("NoImages", {1}, false, {0, 3}, {0}),
        ShapeCase{"GlobalAveragePool", OpType::kGlobalAveragePool, std::monostate{}, {{2, 8, 7, 5}}, {2, 8, 1, 1}},
        ShapeCase{"GlobalMaxPoolOfOneAxis", OpType::kGlobalMaxPool, std::monostate{}, {{2, 8, 7}}, {2, 8, 1}}),
    NameOfCase);

TEST(Cast, HasTheTypeThatItCastsTo) {
  ASSERT_OK_AND_ASSIGN(const auto outputs,
                       InferOne(OpType::kCast, CastAttributes{DataType::kFloat16}, {Float({2, 3})}));
  EXPECT_EQ(outputs[0].type, DataType::kFloat16);
  EXPECT_EQ(outputs[0].shape, Shape({2, 3}));
}

TEST(Dropout, MarksEveryElementWhenAsked) {
  ASSERT_OK_AND_ASSIGN(const auto outputs, InferOne(OpType::kDropout, std::monostate{}, {Float({1, 8})}, 2));
  ASSERT_EQ(outputs.size(), 2U);
  EXPECT_EQ(outputs[0].type, DataType::kFloat32);
  EXPECT_EQ(outputs[1].type, DataType::kBool);
  EXPECT_EQ(outputs[1].shape, Shape({1, 8}));
}

TEST(BatchNormalization, KeepsTheTypeOfItsInputWhateverItsStatisticsHave) {
  const ValueInfo statistic = Float({4});
  ASSERT_OK_AND_ASSIGN(
      const auto outputs,
      InferOne(OpType::kBatchNormalization, BatchNormalizationAttributes{},
               {{DataType::kFloat16, Shape({1, 4, 2, 2})}, statistic, statistic, statistic, statistic}));
  EXPECT_EQ(outputs[0].type, DataType::kFloat16);
}

class DequantizeLinear : public ::testing::TestWithParam<Extents> {};

TEST_P(DequantizeLinear, HasTheTypeOfItsScale) {
  const Shape scale(GetParam());
  const std::vector<ValueInfo> inputs = {
      {DataType::kInt8, Shape({8, 3, 1, 1})}, {DataType::kFloat32, scale}, {DataType::kInt8, scale}};
  ASSERT_OK_AND_ASSIGN(const auto outputs, InferOne(OpType::kDequantizeLinear, QuantizeAttributes{0}, inputs));
  EXPECT_EQ(outputs[0].type, DataType::kFloat32);
  EXPECT_EQ(outputs[0].shape, Shape({8, 3, 1, 1}));
}

INSTANTIATE_TEST_SUITE_P(Scales, DequantizeLinear, ::testing::Values(Extents{}, Extents{1}, Extents{8}));

}  // namespace
}  // namespace onebyone
