#include "engine/graph/fitting_shapes.h"

#include <gmock/gmock.h>

#include "engine/graph/activation_memory.h"
#include "tests/testing/graph_builder.h"

namespace onebyone {
namespace {

using testing::GraphBuilder;

std::optional<Shape> ShapeAt(const Graph& graph, const std::string& value, const Shape& image) {
  const auto known = FittingShapes(graph, image)[graph.FindValue(value)];
  return known.has_value() ? std::optional(known->shape) : std::nullopt;
}

// A dense layer on one branch, convolutions on the other.
Graph TwoBranches() {
  return GraphBuilder()
      .Input("image", {1, 3, 8, 8})
      .Conv("conv", "image", 4, {.kernel = 3, .stride = 2, .auto_pad = Window::AutoPad::kSameUpper})
      .Flatten("flat", "conv")
      .Gemm("dense", "flat", 5)
      .Relu("classes", "dense")
      .Conv("map", "conv", 6, {.kernel = 3})
      .Output("classes")
      .Output("map")
      .Build();
}

TEST(FittingShapes, GoesOnWhereABranchDoesNotFit) {
  const Graph graph = TwoBranches();
  EXPECT_EQ(ShapeAt(graph, "classes", {1, 3, 8, 8}), (Shape{1, 5}));
  EXPECT_EQ(ShapeAt(graph, "map", {1, 3, 8, 8}), (Shape{1, 6, 2, 2}));
  const Shape larger = {1, 3, 12, 20};
  EXPECT_EQ(ShapeAt(graph, "flat", larger), (Shape{1, 4 * 6 * 10}));
  EXPECT_EQ(ShapeAt(graph, "dense", larger), std::nullopt);
  EXPECT_EQ(ShapeAt(graph, "classes", larger), std::nullopt) << "it depends on what does not fit";
  EXPECT_EQ(ShapeAt(graph, "map", larger), (Shape{1, 6, 4, 8}));
}

TEST(FittingShapes, HasNothingForAWindowThatIsLargerThanTheMap) {
  EXPECT_EQ(ShapeAt(TwoBranches(), "conv", {1, 3, 2, 2}), (Shape{1, 4, 1, 1}));
  EXPECT_EQ(ShapeAt(TwoBranches(), "map", {1, 3, 2, 2}), std::nullopt);
}

int64_t PeakAt(const Graph& graph, const std::string& value, const Shape& image) {
  return PeakActivationBytes(graph, FittingShapes(graph, image))[graph.FindValue(value)];
}

TEST(PeakActivationBytes, CountsWhatIsAliveAtOnce) {
  const Graph graph = GraphBuilder()
                          .Input("image", {1, 2, 10, 10})
                          .Conv("a", "image", 4, {.kernel = 1})
                          .Relu("b", "a")                    // where "a" lies
                          .Conv("c", "b", 1, {.kernel = 1})  // the image has gone
                          .Conv("d", "c", 3, {.kernel = 1})  // "b" is still wanted
                          .Concat("e", {"b", "d"})
                          .Output("e")
                          .Build();
  constexpr int64_t kPlane = 10 * 10 * 4;
  const Shape image = {1, 2, 10, 10};
  EXPECT_EQ(PeakAt(graph, "a", image), 6 * kPlane);
  EXPECT_EQ(PeakAt(graph, "b", image), 6 * kPlane);
  EXPECT_EQ(PeakAt(graph, "d", image), 8 * kPlane);
  EXPECT_EQ(PeakAt(graph, "e", image), 14 * kPlane);
  EXPECT_EQ(PeakAt(graph, "e", {1, 2, 20, 20}), 4 * 14 * kPlane);
}

}  // namespace
}  // namespace onebyone
