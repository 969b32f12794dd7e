// The builder that the tests of other folders lean on.

#include "tests/testing/graph_builder.h"

#include <gmock/gmock.h>

#include <cstring>

#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::GraphBuilder;
using ::onebyone::testing::IsOk;
using ::onebyone::testing::StatusIs;
using ::testing::HasSubstr;

Graph RandomConv(uint64_t seed) {
  return GraphBuilder(seed).Input("x", {1, 3, 8, 8}).Conv("conv", "x", 4, {.kernel = 3}).Output("conv").Build();
}

bool SameWeights(const Graph& a, const Graph& b) {
  const Tensor& left = *a.ConstantOf(a.FindValue("conv/weights"));
  const Tensor& right = *b.ConstantOf(b.FindValue("conv/weights"));
  return left.bytes() == right.bytes() && std::memcmp(left.data(), right.data(), left.bytes()) == 0;
}

TEST(GraphBuilder, GivesTheSameWeightsForTheSameSeed) {
  EXPECT_TRUE(SameWeights(RandomConv(7), RandomConv(7)));
  EXPECT_FALSE(SameWeights(RandomConv(7), RandomConv(8)));
}

TEST(GraphBuilder, StopsAtTheFirstMistake) {
  EXPECT_THAT(GraphBuilder().Input("x", {1, 3, 8, 8}).Relu("y", "z").Relu("y", "x").TryBuild(),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("'z'")));
  EXPECT_THAT(GraphBuilder().Input("x", {1, 3, 8, 8}).MaxPool("y", "x", {.kernel = 9}).TryBuild(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("'y'")));
  EXPECT_THAT(GraphBuilder().Input("x", {1}).Relu("x", "x").TryBuild(), StatusIs(absl::StatusCode::kAlreadyExists));
  EXPECT_THAT(GraphBuilder().Input("x", {1}).Output("y").TryBuild(), StatusIs(absl::StatusCode::kNotFound));
}

TEST(GraphBuilder, CanBeBuiltTwiceOnTheWay) {
  GraphBuilder builder;
  builder.Input("x", {1, 3, 8, 8}).Relu("y", "x").Output("y");
  ASSERT_OK_AND_ASSIGN(const Graph first, builder.TryBuild());
  ASSERT_OK_AND_ASSIGN(const Graph second, builder.Relu("z", "y").Output("asked", "z").TryBuild());
  EXPECT_EQ(first.node_count(), 1);
  EXPECT_EQ(second.node_count(), 2);
  EXPECT_EQ(second.outputs()[1].name, "asked");
}

TEST(GraphBuilder, MakesInputsWithoutASizeForWhoInfersLater) {
  EXPECT_THAT(GraphBuilder().Input("x", {1, 3, Shape::kUnknown, 8}).TryBuild(), IsOk());
}

}  // namespace
}  // namespace onebyone
