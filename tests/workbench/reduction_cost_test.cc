#include "engine/workbench/reduction_cost.h"

#include <gtest/gtest.h>

#include "engine/workbench/textbook_case.h"
#include "tests/testing/graph_builder.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::GraphBuilder;

// The published figures of inception_3a of GoogLeNet: 192 channels at 28x28.
TEST(FindReductions, CountsAnInceptionBlock) {
  const Graph graph = GraphBuilder()
                          .Input("x", {1, 192, 28, 28})
                          .Conv("1x1", "x", 64, {})
                          .Conv("3x3_reduce", "x", 96, {})
                          .Relu("3x3_reduce_relu", "3x3_reduce")
                          .Conv("3x3", "3x3_reduce_relu", 128, {.kernel = 3, .pad = 1})
                          .Conv("5x5_reduce", "x", 16, {})
                          .Conv("5x5", "5x5_reduce", 32, {.kernel = 5, .pad = 2})
                          .Concat("output", {"1x1", "3x3", "5x5"})
                          .Output("output")
                          .Build();
  const std::vector<ReductionCost> costs = FindReductions(graph);
  ASSERT_EQ(costs.size(), 2U);
  EXPECT_EQ(costs[0].reduce, "3x3_reduce");
  EXPECT_EQ(costs[0].conv, "3x3");
  EXPECT_EQ(costs[0].reduce_multiply_adds, 784 * 192 * 96);
  EXPECT_EQ(costs[0].conv_multiply_adds, 784 * 9 * 96 * 128);
  EXPECT_EQ(costs[0].direct_multiply_adds, 784 * 9 * 192 * 128);
  EXPECT_EQ(costs[1].conv, "5x5");
  EXPECT_EQ(costs[1].with_reduction(), 784 * (192 * 16 + 25 * 16 * 32));
  EXPECT_EQ(costs[1].direct_multiply_adds, 784 * 25 * 192 * 32);
  const ReductionTotals totals = Sum(costs);
  EXPECT_EQ(totals.with_reduction, costs[0].with_reduction() + costs[1].with_reduction());
  EXPECT_EQ(totals.direct, costs[0].direct_multiply_adds + costs[1].direct_multiply_adds);
}

TEST(FindReductions, CountsAReductionBeforeTwoConvolutionsOnce) {
  const Graph graph = GraphBuilder()
                          .Input("x", {1, 64, 8, 8})
                          .Conv("squeeze", "x", 16, {})
                          .BatchNorm("norm", "squeeze")
                          .Conv("a", "norm", 8, {.kernel = 3, .pad = 1})
                          .Conv("b", "norm", 8, {.kernel_height = 1, .kernel_width = 7, .pad = 0})
                          .Output("a")
                          .Output("b")
                          .Build();
  const std::vector<ReductionCost> costs = FindReductions(graph);
  ASSERT_EQ(costs.size(), 2U);
  EXPECT_EQ(costs[1].kernel_width, 7);
  EXPECT_EQ(Sum(costs).with_reduction, 64 * 64 * 16 + 64 * 9 * 16 * 8 + 8 * 2 * 7 * 16 * 8);
}

TEST(FindReductions, PassesOverWhatIsNoReduction) {
  const Graph graph = GraphBuilder()
                          .Input("x", {1, 16, 8, 8})
                          .Conv("expand", "x", 32, {})
                          .Conv("after_expand", "expand", 8, {.kernel = 3})
                          .Conv("reduce", "x", 8, {})
                          .Conv("pointwise", "reduce", 8, {})
                          .MaxPool("pool", "reduce", {.kernel = 2})
                          .Conv("after_pool", "pool", 8, {.kernel = 3})
                          .Conv("depthwise", "reduce", 8, {.kernel = 3, .groups = 8})
                          .Conv("after_3x3", "after_expand", 8, {.kernel = 3})
                          .Output("after_3x3")
                          .Output("pointwise")
                          .Output("after_pool")
                          .Output("depthwise")
                          .Build();
  EXPECT_TRUE(FindReductions(graph).empty());
}

TEST(TextbookCase, SavesSeventeenSixtyFourths) {
  ASSERT_OK_AND_ASSIGN(const TextbookCase study, StudyTextbookCase(/*runs=*/0));
  EXPECT_EQ(study.counted.with_reduction() * 64, study.counted.direct_multiply_adds * 17);
  EXPECT_EQ(study.counted.direct_multiply_adds, 28 * 28 * 16 * 256 * 256);
  EXPECT_EQ(study.direct_ms, 0);
}

}  // namespace
}  // namespace onebyone
