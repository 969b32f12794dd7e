// Shapes and attributes that inference must refuse: what no operator can have, what would overflow or take absurd
// memory.

#include <gmock/gmock.h>

#include <limits>

#include "tests/graph/infer_one.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::ConvOf;
using ::onebyone::testing::Extents;
using ::onebyone::testing::Float;
using ::onebyone::testing::InferOne;
using ::onebyone::testing::InferShapeOf;
using ::onebyone::testing::PoolOf;
using ::onebyone::testing::Slide;
using ::onebyone::testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
constexpr int64_t kLeast = std::numeric_limits<int64_t>::min();
constexpr int64_t kBig = Shape::kMaxElements;

struct BadNode {
  std::string what;
  OpType op;
  Attributes attributes;
  std::vector<Extents> inputs;
};

class InferNodeRefuses : public ::testing::TestWithParam<BadNode> {};

TEST_P(InferNodeRefuses, NamingTheNodeAndItsOperator) {
  const BadNode& node = GetParam();
  EXPECT_THAT(InferShapeOf(node.op, node.attributes, node.inputs),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("node 'n'"), HasSubstr(std::string(NameOf(node.op))))));
}

std::string NameOfBadNode(const ::testing::TestParamInfo<BadNode>& test) { return test.param.what; }

BadNode BadConv(const std::string& what, const Slide& window, Extents input = {1, 4, 8, 8},
                Extents weights = {6, 4, 3, 3}, int64_t groups = 1) {
  return {what, OpType::kConv, ConvOf(window, groups), {std::move(input), std::move(weights)}};
}

INSTANTIATE_TEST_SUITE_P(
    Convolutions, InferNodeRefuses,
    ::testing::Values(
        BadConv("ZeroStride", {.strides = {1, 0}}), BadConv("NegativeStride", {.strides = {-1, 1}}),
        BadConv("ZeroDilation", {.dilations = {0, 1}}), BadConv("NegativePad", {.pads_begin = {-1, 0}}),
        BadConv("NegativePadBehind", {.pads_end = {0, -1}}), BadConv("ZeroKernel", {.kernel = {0, 3}}),
        BadConv("KernelOfOthers", {.kernel = {5, 5}}), BadConv("StridesOfOneAxis", {.strides = {1}}),
        BadConv("PadsOfThreeAxes", {.pads_begin = {1, 1, 1}}), BadConv("KernelLargerThanTheImage", {}, {1, 4, 2, 8}),
        BadConv("DilatedBeyondTheImage", {.dilations = {4, 1}}), BadConv("GreatestStride", {.strides = {kMost, 1}}),
        BadConv("GreatestDilation", {.dilations = {kMost, 1}}), BadConv("GreatestPad", {.pads_begin = {kMost, 0}}),
        BadConv("LeastPad", {.pads_begin = {kLeast, 0}}),
        BadConv("DilatedBeyondSamePadding", {.dilations = {kBig - 1, 1}, .auto_pad = Window::AutoPad::kSameUpper}),
        BadConv("OutputOfAbsurdSize", {.pads_begin = {1 << 20, 1 << 20}}),
        BadConv("NoGroups", {}, {1, 4, 8, 8}, {6, 4, 3, 3}, 0),
        BadConv("NegativeGroups", {}, {1, 4, 8, 8}, {6, 4, 3, 3}, -2),
        BadConv("GroupsThatDoNotDivideTheInput", {}, {1, 4, 8, 8}, {6, 1, 3, 3}, 3),
        BadConv("GroupsThatDoNotDivideTheOutput", {}, {1, 4, 8, 8}, {6, 1, 3, 3}, 4),
        BadConv("OtherChannels", {}, {1, 5, 8, 8}), BadConv("NoChannels", {}, {1, 0, 8, 8}, {6, 0, 3, 3}),
        BadConv("NoOutputChannels", {}, {1, 4, 8, 8}, {0, 4, 3, 3}), BadConv("NoRows", {}, {1, 4, 0, 8}),
        BadConv("EmptyKernel", {}, {1, 4, 8, 8}, {6, 4, 0, 3}), BadConv("AVector", {}, {1, 4}, {6, 4}),
        BadConv("FourSpatialAxes", {}, {1, 4, 8, 8, 8, 8}, {6, 4, 3, 3, 3, 3}),
        BadConv("WeightsOfOtherRank", {}, {1, 4, 8, 8}, {6, 4, 3}),
        BadNode{"BiasOfOthers", OpType::kConv, ConvOf({}), {{1, 4, 8, 8}, {6, 4, 3, 3}, {4}}},
        BadNode{"BiasOfTwoAxes", OpType::kConv, ConvOf({}), {{1, 4, 8, 8}, {6, 4, 3, 3}, {6, 1}}},
        BadNode{"NoWeights", OpType::kConv, ConvOf({}), {{1, 4, 8, 8}}}),
    NameOfBadNode);

BadNode BadPool(const std::string& what, const Slide& window, Extents input = {1, 4, 8, 8}) {
  return {what, OpType::kMaxPool, PoolOf(window), {std::move(input)}};
}

INSTANTIATE_TEST_SUITE_P(
    Pools, InferNodeRefuses,
    ::testing::Values(BadPool("NoKernel", {}), BadPool("KernelOfOneAxis", {.kernel = {3}}),
                      BadPool("ZeroStride", {.kernel = {3, 3}, .strides = {0, 0}}),
                      BadPool("KernelLargerThanTheImage", {.kernel = {9, 9}}),
                      BadPool("WindowsOfPaddingOnly", {.kernel = {2, 2}, .pads_begin = {2, 2}}),
                      BadPool("WindowsOfPaddingOnlyBehind", {.kernel = {2, 2}, .pads_end = {2, 2}}),
                      BadPool("NoColumns", {.kernel = {1, 1}}, {1, 4, 8, 0}), BadPool("AScalar", {}, {}),
                      BadNode{"GlobalOfAVector", OpType::kGlobalAveragePool, std::monostate{}, {{1, 8}}},
                      BadNode{"GlobalOfNothing", OpType::kGlobalMaxPool, std::monostate{}, {{1, 8, 0, 3}}}),
    NameOfBadNode);

BadNode BadReshape(const std::string& what, std::vector<int64_t> shape, Extents input, bool allow_zero = false) {
  return {what, OpType::kReshape, ReshapeAttributes{std::move(shape), allow_zero}, {std::move(input)}};
}

INSTANTIATE_TEST_SUITE_P(
    Rearrangements, InferNodeRefuses,
    ::testing::Values(
        BadReshape("OtherElements", {5}, {2, 3}), BadReshape("TwoNegativeOnes", {-1, -1}, {2, 3}),
        BadReshape("NegativeTwo", {-2, 3}, {2, 3}), BadReshape("NotDivisible", {-1, 4}, {2, 3}),
        BadReshape("CopyBeyondTheInput", {2, 3, 0}, {2, 3}), BadReshape("AnythingFromNothing", {0, -1}, {0, 3}),
        BadReshape("ZeroBesideNegativeOne", {0, -1}, {0, 3}, true), BadReshape("Overflow", {kBig, kBig, 4}, {2, 3}),
        BadReshape("GreatestExtent", {kMost, -1}, {2, 3}),
        BadReshape("NothingOfAbsurdSize", {kBig, kBig, 0}, {0}, true),
        BadReshape("TooManyAxes", std::vector<int64_t>(33, 1), {1}),
        BadNode{"FlattenBeyondTheRank", OpType::kFlatten, FlattenAttributes{3}, {{2, 3}}},
        BadNode{"FlattenAtTheLeastAxis", OpType::kFlatten, FlattenAttributes{kLeast}, {{2, 3}}},
        BadNode{"SqueezeOfTwo", OpType::kSqueeze, AxesAttributes{{0}}, {{2, 3}}},
        BadNode{"SqueezeOutside", OpType::kSqueeze, AxesAttributes{{2}}, {{1, 1}}},
        BadNode{"SqueezeTwice", OpType::kSqueeze, AxesAttributes{{0, -2}}, {{1, 1}}},
        BadNode{"UnsqueezeTwice", OpType::kUnsqueeze, AxesAttributes{{0, 0}}, {{2}}},
        BadNode{"UnsqueezeOutside", OpType::kUnsqueeze, AxesAttributes{{3}}, {{2}}},
        BadNode{"UnsqueezeToTooManyAxes", OpType::kUnsqueeze, AxesAttributes{std::vector<int64_t>(1000, 0)}, {{2}}},
        BadNode{"TransposeOfOtherRank", OpType::kTranspose, TransposeAttributes{{0, 1}}, {{2, 3, 4}}},
        BadNode{"TransposeTwice", OpType::kTranspose, TransposeAttributes{{0, 0}}, {{2, 3}}},
        BadNode{"TransposeOutside", OpType::kTranspose, TransposeAttributes{{0, kMost}}, {{2, 3}}},
        BadNode{"PadsOfOtherRank", OpType::kPad, PadAttributes{.begin = {1}, .end = {1}}, {{2, 3}}},
        BadNode{"PadsThatCutTooMuch", OpType::kPad, PadAttributes{.begin = {-2}, .end = {-1}}, {{2}}},
        BadNode{"GreatestPads", OpType::kPad, PadAttributes{.begin = {kMost}, .end = {kMost}}, {{2}}},
        BadNode{"LeastPads", OpType::kPad, PadAttributes{.begin = {kLeast}, .end = {0}}, {{2}}},
        BadNode{"AbsurdPads", OpType::kPad, PadAttributes{.begin = {kBig}, .end = {0}}, {{2}}},
        BadNode{"ReflectionPastTheOtherEnd",
                OpType::kPad,
                PadAttributes{.mode = PadAttributes::Mode::kReflect, .begin = {4}, .end = {0}},
                {{4}}},
        BadNode{"EdgeOfNothing",
                OpType::kPad,
                PadAttributes{.mode = PadAttributes::Mode::kEdge, .begin = {1}, .end = {0}},
                {{0}}},
        BadNode{"PadValueOfTwo", OpType::kPad, PadAttributes{.begin = {1}, .end = {1}}, {{2}, {2}}},
        BadNode{"ConcatOfOtherRank", OpType::kConcat, AxisAttributes{0}, {{2, 3}, {2}}},
        BadNode{"ConcatOfOtherExtents", OpType::kConcat, AxisAttributes{1}, {{1, 8, 4, 4}, {1, 8, 4, 5}}},
        BadNode{"ConcatOutside", OpType::kConcat, AxisAttributes{2}, {{2, 3}}},
        BadNode{"ConcatOfScalars", OpType::kConcat, AxisAttributes{0}, {{}, {}}},
        BadNode{"ConcatOfNothing", OpType::kConcat, AxisAttributes{0}, {}},
        BadNode{"ConcatOfAbsurdSize", OpType::kConcat, AxisAttributes{0}, {{kBig}, {kBig}}}),
    NameOfBadNode);

INSTANTIATE_TEST_SUITE_P(
    Computations, InferNodeRefuses,
    ::testing::Values(
        BadNode{"AddOfOtherExtents", OpType::kAdd, std::monostate{}, {{2, 3}, {4}}},
        BadNode{"AddOfThree", OpType::kAdd, std::monostate{}, {{2}, {2}, {2}}},
        BadNode{"MulOfAbsurdSize", OpType::kMul, std::monostate{}, {{1 << 20, 1}, {1, 1 << 20}}},
        BadNode{"SumOfNothing", OpType::kSum, std::monostate{}, {}},
        BadNode{"GemmOfAVector", OpType::kGemm, GemmAttributes{}, {{3}, {3, 4}}},
        BadNode{"GemmOfOtherInnerExtents", OpType::kGemm, GemmAttributes{.transpose_b = true}, {{2, 3}, {3, 4}}},
        BadNode{"GemmWithAWiderC", OpType::kGemm, GemmAttributes{}, {{1, 3}, {3, 4}, {2, 4}}},
        BadNode{"GemmWithAC", OpType::kGemm, GemmAttributes{}, {{2, 3}, {3, 4}, {1, 2, 4}}},
        BadNode{"GemmOfAbsurdSize", OpType::kGemm, GemmAttributes{}, {{1 << 20, 1}, {1, 1 << 20}}},
        BadNode{"MatMulOfScalars", OpType::kMatMul, std::monostate{}, {{}, {3}}},
        BadNode{"MatMulOfOtherInnerExtents", OpType::kMatMul, std::monostate{}, {{2, 3}, {2, 3}}},
        BadNode{"MatMulOfOtherStacks", OpType::kMatMul, std::monostate{}, {{2, 2, 3}, {3, 3, 4}}},
        BadNode{"BatchNormalizationOfAVector",
                OpType::kBatchNormalization,
                BatchNormalizationAttributes{},
                {{5}, {5}, {5}, {5}, {5}}},
        BadNode{"BatchNormalizationOfOtherChannels",
                OpType::kBatchNormalization,
                BatchNormalizationAttributes{},
                {{1, 5, 2, 2}, {5}, {5}, {4}, {5}}},
        BadNode{"BatchNormalizationWithoutVariance",
                OpType::kBatchNormalization,
                BatchNormalizationAttributes{},
                {{1, 5, 2, 2}, {5}, {5}, {5}}},
        BadNode{"LrnOfNoChannels", OpType::kLrn, LrnAttributes{.size = 0}, {{1, 8, 4, 4}}},
        BadNode{"LrnOfAScalar", OpType::kLrn, LrnAttributes{}, {{}}},
        BadNode{"SoftmaxOutside", OpType::kSoftmax, SoftmaxAttributes{.axis = 2}, {{2, 3}}},
        BadNode{"MeanOutside", OpType::kReduceMean, ReduceMeanAttributes{{4}}, {{2, 3}}},
        BadNode{"MeanTwice", OpType::kReduceMean, ReduceMeanAttributes{{1, -1}}, {{2, 3}}},
        BadNode{"MeanOfNothing", OpType::kReduceMean, ReduceMeanAttributes{{1}}, {{2, 0}}},
        BadNode{"DequantizeOfFloats", OpType::kDequantizeLinear, QuantizeAttributes{}, {{2, 3}, {}}},
        BadNode{"AttributesOfAnother", OpType::kFlatten, AxisAttributes{}, {{2, 3}}},
        BadNode{"NoAttributes", OpType::kConv, std::monostate{}, {{1, 4, 8, 8}, {6, 4, 3, 3}}},
        BadNode{"ActivationWithoutAttributes", OpType::kRelu, std::monostate{}, {{2}}},
        BadNode{"UnknownExtent", OpType::kIdentity, std::monostate{}, {{Shape::kUnknown, 3}}},
        BadNode{"InputOfAbsurdSize", OpType::kIdentity, std::monostate{}, {{kBig, 2}}},
        BadNode{"EmptyInputOfAbsurdSize", OpType::kIdentity, std::monostate{}, {{kMost, kMost, 0}}},
        BadNode{"TooManyAxes", OpType::kIdentity, std::monostate{}, {Extents(33, 1)}}),
    NameOfBadNode);

TEST(InferNode, RefusesMoreOutputsThanTheOperatorHas) {
  EXPECT_THAT(InferOne(OpType::kRelu, ActivationAttributes{}, {Float({2})}, 2),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("outputs")));
  EXPECT_THAT(InferOne(OpType::kDropout, std::monostate{}, {Float({2})}, 3),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("outputs")));
  EXPECT_THAT(InferOne(OpType::kRelu, ActivationAttributes{}, {Float({2})}, 0),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("outputs")));
}

TEST(InferNode, RefusesARequiredInputThatIsAbsent) {
  Node node;
  node.op = OpType::kConcat;
  node.name = "n";
  node.attributes = AxisAttributes{0};
  node.inputs = {0, kNoValue, 1};
  node.outputs = {2};
  const std::vector<ValueInfo> inputs = {Float({2}), {}, Float({2})};
  EXPECT_THAT(InferNode(node, inputs), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("input 1")));
  EXPECT_THAT(InferNode(node, {}), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("inputs")));
}

}  // namespace
}  // namespace onebyone
