// Shapes of convolutions and pools.

#include <gmock/gmock.h>

#include "tests/graph/infer_one.h"
#include "tests/testing/graph_builder.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::ConvOf;
using ::onebyone::testing::Float;
using ::onebyone::testing::GraphBuilder;
using ::onebyone::testing::InferOne;
using ::onebyone::testing::InferShapeOf;
using ::onebyone::testing::IsOkAndHolds;
using ::onebyone::testing::NameOfCase;
using ::onebyone::testing::PoolOf;
using ::onebyone::testing::ShapeCase;
using ::onebyone::testing::Slide;

class WindowedShapeOf : public ::testing::TestWithParam<ShapeCase> {};

TEST_P(WindowedShapeOf, IsThatOfTheKnownLayer) {
  const ShapeCase& layer = GetParam();
  EXPECT_THAT(InferShapeOf(layer.op, layer.attributes, layer.inputs), IsOkAndHolds(Shape(layer.output)));
}

INSTANTIATE_TEST_SUITE_P(
    Layers, WindowedShapeOf,
    ::testing::Values(
        ShapeCase{"GoogLeNetConv1",
                  OpType::kConv,
                  ConvOf({.strides = {2, 2}, .pads_begin = {3, 3}, .pads_end = {3, 3}}),
                  {{1, 3, 224, 224}, {64, 3, 7, 7}, {64}},
                  {1, 64, 112, 112}},
        ShapeCase{"GoogLeNetPool1",
                  OpType::kMaxPool,
                  PoolOf({.kernel = {3, 3}, .strides = {2, 2}}, true),
                  {{1, 64, 112, 112}},
                  {1, 64, 56, 56}},
        ShapeCase{"GoogLeNetPool1RoundedDown",
                  OpType::kMaxPool,
                  PoolOf({.kernel = {3, 3}, .strides = {2, 2}}),
                  {{1, 64, 112, 112}},
                  {1, 64, 55, 55}},
        ShapeCase{"GoogLeNetPool4",
                  OpType::kMaxPool,
                  PoolOf({.kernel = {3, 3}, .strides = {2, 2}}, true),
                  {{1, 832, 14, 14}},
                  {1, 832, 7, 7}},
        ShapeCase{"SqueezeNetConv10",
                  OpType::kConv,
                  ConvOf({.pads_begin = {1, 1}, .pads_end = {1, 1}}),
                  {{1, 512, 13, 13}, {1000, 512, 1, 1}, {1000}},
                  {1, 1000, 15, 15}},
        ShapeCase{"InceptionV3Stem",
                  OpType::kConv,
                  ConvOf({.strides = {2, 2}}),
                  {{1, 3, 299, 299}, {32, 3, 3, 3}},
                  {1, 32, 149, 149}},
        ShapeCase{"InceptionV3OneBySeven",
                  OpType::kConv,
                  ConvOf({.pads_begin = {0, 3}, .pads_end = {0, 3}}),
                  {{1, 768, 17, 17}, {192, 768, 1, 7}},
                  {1, 192, 17, 17}},
        ShapeCase{"MobileNetDepthwise",
                  OpType::kConv,
                  ConvOf({.strides = {2, 2}, .pads_begin = {1, 1}, .pads_end = {1, 1}}, 96),
                  {{1, 96, 112, 112}, {96, 1, 3, 3}},
                  {1, 96, 56, 56}},
        ShapeCase{"GroupsThatWiden", OpType::kConv, ConvOf({}, 2), {{1, 6, 5, 5}, {8, 3, 1, 1}}, {1, 8, 5, 5}},
        ShapeCase{
            "Dilated", OpType::kConv, ConvOf({.dilations = {2, 3}}), {{1, 1, 10, 10}, {1, 1, 3, 3}}, {1, 1, 6, 4}},
        ShapeCase{"AsymmetricPads",
                  OpType::kConv,
                  ConvOf({.pads_begin = {0, 1}, .pads_end = {2, 0}}),
                  {{1, 1, 8, 8}, {1, 1, 3, 3}},
                  {1, 1, 8, 7}},
        ShapeCase{"OneAxis", OpType::kConv, ConvOf({.strides = {2}}), {{2, 4, 9}, {8, 4, 3}, {8}}, {2, 8, 4}},
        ShapeCase{"ThreeAxes",
                  OpType::kConv,
                  ConvOf({.pads_begin = {1, 0, 0}, .pads_end = {1, 0, 0}}),
                  {{1, 2, 4, 5, 6}, {3, 2, 3, 3, 3}},
                  {1, 3, 4, 3, 4}},
        ShapeCase{"NoImages", OpType::kConv, ConvOf({}), {{0, 3, 8, 8}, {4, 3, 3, 3}}, {0, 4, 6, 6}},
        ShapeCase{"CeilDropsTheWindowInThePadding",
                  OpType::kMaxPool,
                  PoolOf({.kernel = {2, 2}, .strides = {2, 2}, .pads_begin = {1, 1}, .pads_end = {1, 1}}, true),
                  {{1, 1, 3, 3}},
                  {1, 1, 2, 2}},
        ShapeCase{
            "AveragePoolOverAll", OpType::kAveragePool, PoolOf({.kernel = {7, 7}}), {{1, 1024, 7, 7}}, {1, 1024, 1, 1}},
        ShapeCase{"PoolOfOneAxis", OpType::kMaxPool, PoolOf({.kernel = {4}, .strides = {3}}), {{1, 2, 10}}, {1, 2, 3}},
        ShapeCase{"PoolOfThreeAxes",
                  OpType::kAveragePool,
                  PoolOf({.kernel = {2, 2, 2}}),
                  {{1, 2, 3, 4, 5}},
                  {1, 2, 2, 3, 4}}),
    NameOfCase);

// Counts windows by laying them one after another.
int64_t CountWindows(int64_t extent, int64_t reach, int64_t stride, int64_t before, int64_t behind, bool ceil_mode) {
  int64_t count = 0;
  for (int64_t start = -before;; start += stride) {
    const bool fits = start + reach <= extent + behind;
    const bool last_left_cells_over = count > 0 && start - stride + reach < extent + behind;
    if (!fits && !(ceil_mode && last_left_cells_over && start < extent)) return count;
    ++count;
    if (!fits) return count;
  }
}

TEST(PoolShape, AgreesWithLayingWindowsOneAfterAnother) {
  int compared = 0;
  for (int64_t extent = 1; extent <= 9; ++extent) {
    for (int64_t kernel = 1; kernel <= 4; ++kernel) {
      for (int64_t dilation = 1; dilation <= 2; ++dilation) {
        for (int64_t stride = 1; stride <= 5; ++stride) {
          for (int64_t pads = 0; pads < kernel * kernel; ++pads) {
            for (const bool ceil_mode : {false, true}) {
              const int64_t before = pads / kernel;
              const int64_t behind = pads % kernel;
              const int64_t reach = (kernel - 1) * dilation + 1;
              if (extent + before + behind < reach) continue;
              const Slide window = {.kernel = {kernel},
                                    .strides = {stride},
                                    .dilations = {dilation},
                                    .pads_begin = {before},
                                    .pads_end = {behind}};
              const int64_t expected = CountWindows(extent, reach, stride, before, behind, ceil_mode);
              ASSERT_THAT(InferShapeOf(OpType::kMaxPool, PoolOf(window, ceil_mode), {{1, 1, extent}}),
                          IsOkAndHolds(Shape({1, 1, expected})))
                  << "extent " << extent << " kernel " << kernel << " dilation " << dilation << " stride " << stride
                  << " pads " << before << ", " << behind << " ceil " << ceil_mode;
              ++compared;
            }
          }
        }
      }
    }
  }
  EXPECT_GT(compared, 2000);
}

struct SamePadding {
  int64_t extent, kernel, stride, dilation, before, behind;  // for kSameUpper
};

class AutoPad : public ::testing::TestWithParam<SamePadding> {};

// The graph's window after InferShapes, of a convolution with automatic padding.
Window ResolvedWindow(const SamePadding& same, Window::AutoPad auto_pad) {
  const Graph graph =
      GraphBuilder()
          .Input("x", {1, 1, same.extent, same.extent})
          .Conv("y", "x", 1,
                {.kernel = same.kernel, .stride = same.stride, .dilation = same.dilation, .auto_pad = auto_pad})
          .Output("y")
          .Build();
  const int64_t windows = (same.extent + same.stride - 1) / same.stride;
  EXPECT_EQ(graph.value(graph.FindValue("y")).shape, Shape({1, 1, windows, windows}));
  return std::get<ConvAttributes>(graph.node(graph.NodeIds().front()).attributes).window;
}

TEST_P(AutoPad, BecomesExplicitWithTheOddCellOnItsSide) {
  const SamePadding& same = GetParam();
  const Window upper = ResolvedWindow(same, Window::AutoPad::kSameUpper);
  EXPECT_EQ(upper.auto_pad, Window::AutoPad::kExplicit);
  EXPECT_EQ(upper.pads_begin, SpatialVector(2, same.before));
  EXPECT_EQ(upper.pads_end, SpatialVector(2, same.behind));
  const Window lower = ResolvedWindow(same, Window::AutoPad::kSameLower);
  EXPECT_EQ(lower.auto_pad, Window::AutoPad::kExplicit);
  EXPECT_EQ(lower.pads_begin, SpatialVector(2, same.behind));
  EXPECT_EQ(lower.pads_end, SpatialVector(2, same.before));
}

INSTANTIATE_TEST_SUITE_P(Windows, AutoPad,
                         ::testing::Values(SamePadding{224, 7, 2, 1, 2, 3}, SamePadding{224, 3, 1, 1, 1, 1},
                                           SamePadding{5, 2, 1, 1, 0, 1}, SamePadding{5, 3, 2, 1, 1, 1},
                                           SamePadding{6, 3, 2, 1, 0, 1}, SamePadding{6, 1, 3, 1, 0, 0},
                                           SamePadding{10, 3, 1, 4, 4, 4}, SamePadding{10, 2, 1, 3, 1, 2}));

TEST(InferShapes, FillsInWhatAWindowLeavesOpen) {
  const Graph graph = GraphBuilder()
                          .Input("x", {1, 2, 8, 8})
                          .RandomConstant("w", {4, 2, 3, 5})
                          .Node(OpType::kConv, {"y"}, {"x", "w"}, ConvOf({}))
                          .Output("y")
                          .Build();
  const Window& window = std::get<ConvAttributes>(graph.node(graph.NodeIds().front()).attributes).window;
  EXPECT_EQ(window.kernel, SpatialVector({3, 5}));
  EXPECT_EQ(window.strides, SpatialVector({1, 1}));
  EXPECT_EQ(window.dilations, SpatialVector({1, 1}));
  EXPECT_EQ(window.pads_begin, SpatialVector({0, 0}));
  EXPECT_EQ(window.pads_end, SpatialVector({0, 0}));
}

TEST(MaxPool, TellsWhereTheMaximaAreWhenAsked) {
  ASSERT_OK_AND_ASSIGN(const auto outputs,
                       InferOne(OpType::kMaxPool, PoolOf({.kernel = {2, 2}}), {Float({1, 3, 4, 4})}, 2));
  ASSERT_EQ(outputs.size(), 2U);
  EXPECT_EQ(outputs[0].type, DataType::kFloat32);
  EXPECT_EQ(outputs[1].type, DataType::kInt64);
  EXPECT_EQ(outputs[0].shape, Shape({1, 3, 3, 3}));
  EXPECT_EQ(outputs[1].shape, outputs[0].shape);
}

TEST(MaxPool, KeepsBytesBytes) {
  ASSERT_OK_AND_ASSIGN(const auto outputs, InferOne(OpType::kMaxPool, PoolOf({.kernel = {2, 2}}),
                                                    {{DataType::kUInt8, Shape({1, 3, 4, 4})}}));
  EXPECT_EQ(outputs[0].type, DataType::kUInt8);
}

TEST(Conv, GoesWithoutABiasThatIsAbsent) {
  Node node;
  node.op = OpType::kConv;
  node.attributes = ConvOf({});
  node.inputs = {0, 1, kNoValue};
  node.outputs = {2};
  const std::vector<ValueInfo> inputs = {Float({1, 3, 8, 8}), Float({4, 3, 1, 1}), {}};
  ASSERT_OK_AND_ASSIGN(const auto outputs, InferNode(node, inputs));
  EXPECT_EQ(outputs[0].shape, Shape({1, 4, 8, 8}));
}

}  // namespace
}  // namespace onebyone
