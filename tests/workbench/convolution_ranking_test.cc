#include "engine/workbench/convolution_ranking.h"

#include <gtest/gtest.h>

#include "tests/testing/graph_builder.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::GraphBuilder;
using ::testing::ElementsAre;

std::vector<std::string> NamesOf(const std::vector<Convolution>& convolutions) {
  std::vector<std::string> names;
  for (const Convolution& convolution : convolutions) names.push_back(convolution.name);
  return names;
}

Graph Network() {
  return GraphBuilder()
      .Input("image", {1, 3, 16, 16})
      .Conv("conv", "image", 8, {.kernel = 3, .pad = 1})
      .BatchNorm("norm", "conv")
      .Relu("relu", "norm")
      .Conv("1x1", "relu", 4, {})
      .Conv("3x3", "relu", 4, {.kernel = 3, .pad = 1})
      .Concat("block", {"1x1", "3x3"})
      .Output("block")
      .Build();
}

TEST(FindConvolutions, NamesThemByWhatTheyProduceOnceBatchNormsAreFolded) {
  ASSERT_OK_AND_ASSIGN(const std::vector<Convolution> all, FindConvolutions(Network()));
  EXPECT_THAT(NamesOf(all), ElementsAre("norm", "1x1", "3x3"));
  EXPECT_EQ(all[0].weights, 8 * 3 * 3 * 3);
  EXPECT_EQ(all[1].weights, 4 * 8);
}

TEST(FindConvolutions, TakesThoseThatAreWanted) {
  const auto is_pointwise = [](const ConvAttributes& attributes) { return attributes.window.kernel[0] == 1; };
  ASSERT_OK_AND_ASSIGN(const std::vector<Convolution> some, FindConvolutions(Network(), is_pointwise));
  EXPECT_THAT(NamesOf(some), ElementsAre("1x1"));
}

TEST(SortedBy, PutsTheSmallestFirstAndKeepsTheOrderOfEquals) {
  EXPECT_THAT(NamesOf(SortedBy({2, 1, 2, -1}, {{"a"}, {"b"}, {"c"}, {"d"}})), ElementsAre("d", "b", "a", "c"));
}

}  // namespace
}  // namespace onebyone
