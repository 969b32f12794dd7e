// Shapes of the operators that rearrange: Flatten, Reshape, Squeeze, Unsqueeze, Transpose, Pad, Concat.

#include <gmock/gmock.h>

#include "tests/graph/infer_one.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::Float;
using ::onebyone::testing::InferOne;
using ::onebyone::testing::InferShapeOf;
using ::onebyone::testing::IsOkAndHolds;
using ::onebyone::testing::NameOfCase;
using ::onebyone::testing::ShapeCase;

class RearrangedShapeOf : public ::testing::TestWithParam<ShapeCase> {};

TEST_P(RearrangedShapeOf, IsAsOnnxDefinesIt) {
  const ShapeCase& node = GetParam();
  EXPECT_THAT(InferShapeOf(node.op, node.attributes, node.inputs), IsOkAndHolds(Shape(node.output)));
}

ShapeCase Flatten(const std::string& what, int64_t axis, testing::Extents input, testing::Extents output) {
  return {what, OpType::kFlatten, FlattenAttributes{axis}, {std::move(input)}, std::move(output)};
}

INSTANTIATE_TEST_SUITE_P(Flatten, RearrangedShapeOf,
                         ::testing::Values(Flatten("Axis1", 1, {2, 3, 4, 5}, {2, 60}),
                                           Flatten("Axis0", 0, {2, 3, 4, 5}, {1, 120}),
                                           Flatten("AxisOfTheRank", 4, {2, 3, 4, 5}, {120, 1}),
                                           Flatten("FromTheEnd", -1, {2, 3, 4, 5}, {24, 5}),
                                           Flatten("MinusTheRank", -4, {2, 3, 4, 5}, {1, 120}),
                                           Flatten("Scalar", 0, {}, {1, 1}),
                                           Flatten("NoElements", 1, {0, 3, 4}, {0, 12})),
                         NameOfCase);

ShapeCase Reshape(const std::string& what, std::vector<int64_t> shape, testing::Extents input, testing::Extents output,
                  bool allow_zero = false) {
  return {
      what, OpType::kReshape, ReshapeAttributes{std::move(shape), allow_zero}, {std::move(input)}, std::move(output)};
}

// The cases of ONNX's own tests of Reshape, and those of tensors without elements.
INSTANTIATE_TEST_SUITE_P(Reshape, RearrangedShapeOf,
                         ::testing::Values(Reshape("Reordered", {4, 2, 3}, {2, 3, 4}, {4, 2, 3}),
                                           Reshape("Reduced", {2, 12}, {2, 3, 4}, {2, 12}),
                                           Reshape("Extended", {2, 3, 2, 2}, {2, 3, 4}, {2, 3, 2, 2}),
                                           Reshape("OneAxis", {24}, {2, 3, 4}, {24}),
                                           Reshape("NegativeOne", {2, -1, 2}, {2, 3, 4}, {2, 6, 2}),
                                           Reshape("ZeroCopies", {2, 0, 4, 1}, {2, 3, 4}, {2, 3, 4, 1}),
                                           Reshape("ZeroAndNegativeOne", {2, 0, 1, -1}, {2, 3, 4}, {2, 3, 1, 4}),
                                           Reshape("ZeroIsZero", {3, 4, 0}, {0, 3, 4}, {3, 4, 0}, true),
                                           Reshape("ZeroCopiesZero", {0, 12}, {0, 3, 4}, {0, 12}),
                                           Reshape("NegativeOneOfNothing", {-1, 3}, {0, 3}, {0, 3}),
                                           Reshape("ToScalar", {}, {1, 1}, {}),
                                           Reshape("FromScalar", {1, -1}, {}, {1, 1})),
                         NameOfCase);

ShapeCase Squeeze(const std::string& what, std::vector<int64_t> axes, testing::Extents input, testing::Extents output) {
  return {what, OpType::kSqueeze, AxesAttributes{std::move(axes)}, {std::move(input)}, std::move(output)};
}

INSTANTIATE_TEST_SUITE_P(Squeeze, RearrangedShapeOf,
                         ::testing::Values(Squeeze("EveryOne", {}, {1, 3, 1, 5}, {3, 5}),
                                           Squeeze("OneOfTwo", {0}, {1, 3, 1, 5}, {3, 1, 5}),
                                           Squeeze("FromTheEnd", {-2, 0}, {1, 3, 1, 5}, {3, 5}),
                                           Squeeze("ToScalar", {}, {1, 1}, {})),
                         NameOfCase);

ShapeCase Unsqueeze(const std::string& what, std::vector<int64_t> axes, testing::Extents input,
                    testing::Extents output) {
  return {what, OpType::kUnsqueeze, AxesAttributes{std::move(axes)}, {std::move(input)}, std::move(output)};
}

INSTANTIATE_TEST_SUITE_P(Unsqueeze, RearrangedShapeOf,
                         ::testing::Values(Unsqueeze("Front", {0}, {3, 4}, {1, 3, 4}),
                                           Unsqueeze("BothEnds", {0, 3}, {3, 4}, {1, 3, 4, 1}),
                                           Unsqueeze("UnsortedFromTheEnd", {-1, 0}, {3, 4}, {1, 3, 4, 1}),
                                           Unsqueeze("Scalar", {0}, {}, {1})),
                         NameOfCase);

ShapeCase Transpose(const std::string& what, std::vector<int64_t> permutation, testing::Extents input,
                    testing::Extents output) {
  return {what, OpType::kTranspose, TransposeAttributes{std::move(permutation)}, {std::move(input)}, std::move(output)};
}

INSTANTIATE_TEST_SUITE_P(Transpose, RearrangedShapeOf,
                         ::testing::Values(Transpose("Reversed", {}, {2, 3, 4}, {4, 3, 2}),
                                           Transpose("ChannelsFirst", {0, 3, 1, 2}, {1, 224, 200, 3}, {1, 3, 224, 200}),
                                           Transpose("Scalar", {}, {}, {})),
                         NameOfCase);

ShapeCase Pad(const std::string& what, PadAttributes::Mode mode, std::vector<int64_t> begin, std::vector<int64_t> end,
              testing::Extents input, testing::Extents output) {
  return {what,
          OpType::kPad,
          PadAttributes{.mode = mode, .begin = std::move(begin), .end = std::move(end)},
          {std::move(input)},
          std::move(output)};
}

INSTANTIATE_TEST_SUITE_P(
    Pad, RearrangedShapeOf,
    ::testing::Values(Pad("Constant", PadAttributes::Mode::kConstant, {0, 0, 1, 2}, {0, 0, 3, 4}, {1, 3, 5, 5},
                          {1, 3, 9, 11}),
                      Pad("Cut", PadAttributes::Mode::kConstant, {-1, 0}, {0, -2}, {4, 5}, {3, 3}),
                      Pad("CutToNothing", PadAttributes::Mode::kConstant, {-2}, {-2}, {4}, {0}),
                      Pad("CutAndPadded", PadAttributes::Mode::kConstant, {-2}, {5}, {4}, {7}),
                      Pad("ReflectedAsFarAsItGoes", PadAttributes::Mode::kReflect, {3}, {3}, {4}, {10}),
                      Pad("Edge", PadAttributes::Mode::kEdge, {100}, {0}, {1}, {101}),
                      Pad("ConstantOfNothing", PadAttributes::Mode::kConstant, {2}, {0}, {0}, {2})),
    NameOfCase);

ShapeCase Concat(const std::string& what, int64_t axis, std::vector<testing::Extents> inputs, testing::Extents output) {
  return {what, OpType::kConcat, AxisAttributes{axis}, std::move(inputs), std::move(output)};
}

INSTANTIATE_TEST_SUITE_P(Concat, RearrangedShapeOf,
                         ::testing::Values(Concat("Inception3a", 1,
                                                  {{1, 64, 28, 28}, {1, 128, 28, 28}, {1, 32, 28, 28}, {1, 32, 28, 28}},
                                                  {1, 256, 28, 28}),
                                           Concat("FromTheEnd", -1, {{2, 3}, {2, 4}}, {2, 7}),
                                           Concat("One", 0, {{2, 3}}, {2, 3}),
                                           Concat("Nothing", 0, {{0, 3}, {2, 3}}, {2, 3})),
                         NameOfCase);

TEST(Rearranged, KeepsItsElementType) {
  ASSERT_OK_AND_ASSIGN(const auto outputs,
                       InferOne(OpType::kReshape, ReshapeAttributes{{6}, false}, {{DataType::kBool, Shape({2, 3})}}));
  EXPECT_EQ(outputs[0].type, DataType::kBool);
}

TEST(Pad, TakesItsValueFromASecondInput) {
  const PadAttributes pads = {.begin = {1}, .end = {1}};
  EXPECT_THAT(InferShapeOf(OpType::kPad, pads, {{4}, {}}), IsOkAndHolds(Shape({6})));
  EXPECT_THAT(InferShapeOf(OpType::kPad, pads, {{4}, {1}}), IsOkAndHolds(Shape({6})));
}

}  // namespace
}  // namespace onebyone
