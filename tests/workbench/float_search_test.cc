#include "engine/workbench/float_search.h"

#include <gmock/gmock.h>

#include "engine/workbench/fidelity_measurement.h"
#include "engine/workbench/float_values.h"
#include "engine/workbench/loss_cover.h"
#include "engine/workbench/loss_share.h"
#include "tests/testing/graph_builder.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::GraphBuilder;
using ::testing::ElementsAre;

Graph SmallNetwork() {
  return GraphBuilder()
      .Input("image", {1, 3, 16, 16})
      .Conv("conv", "image", 8, {.kernel = 3, .pad = 1})
      .Relu("relu", "conv")
      .Conv("1x1", "relu", 4, {})
      .Conv("3x3", "relu", 4, {.kernel = 3, .pad = 1})
      .Concat("block", {"1x1", "3x3"})
      .GlobalAveragePool("pool", "block")
      .Flatten("features", "pool")
      .Output("features")
      .Build();
}

TEST(ComparedLayers, AreThoseThatPeopleTakeFeaturesFrom) {
  ASSERT_OK_AND_ASSIGN(const auto model, CompiledModel::Compile(SmallNetwork(), 16, 16, {}));
  EXPECT_THAT(ComparedLayers(*model), ElementsAre("relu", "block", "pool", "features"));
  EXPECT_EQ(TopLayer(*model), "features");
}

TEST(Summarize, TakesTheLeastOfAllLayers) {
  FidelityMeasurement measurement;
  measurement.layers = {{.layer = "a", .least_pooled_cosine = 0.9, .least_map_cosine = 0.8},
                        {.layer = "b", .least_pooled_cosine = 0.95, .least_map_cosine = 0.7}};
  measurement.top1_agreement = 0.5;
  const Fidelity fidelity = Summarize(measurement, Precision::kInt8);
  EXPECT_EQ(fidelity.precision, Precision::kInt8);
  EXPECT_EQ(fidelity.pooled_cosine, 0.9);
  EXPECT_EQ(fidelity.map_cosine, 0.7);
  EXPECT_EQ(fidelity.top1_agreement, 0.5);
}

Calibration Ranges() {
  Calibration calibration;
  for (const char* value : {"image", "conv", "relu", "1x1", "3x3", "block", "pool"}) calibration.ranges[value] = {0, 1};
  return calibration;
}

TEST(FindByteValues, JoinsWhatConcatsMoveAndWhatActivationsTake) {
  ASSERT_OK_AND_ASSIGN(const std::vector<ByteValue> values, FindByteValues(SmallNetwork(), 16, 16, Ranges()));
  ASSERT_GE(values.size(), 3U);
  EXPECT_THAT(values[0].names, ElementsAre("image"));
  EXPECT_EQ(values[0].multiply_adds, 8 * 3 * 9 * 16 * 16);
  EXPECT_THAT(values[1].names, ElementsAre("conv", "relu"));
  EXPECT_EQ(values[1].multiply_adds, (4 * 8 + 4 * 8 * 9) * 16 * 16);
  EXPECT_THAT(values[2].names, ElementsAre("1x1", "3x3", "block"));
  EXPECT_EQ(values[2].multiply_adds, 0);
}

TEST(StayFloat, TakesTheRangesOfAllThatIsJoined) {
  Calibration calibration = Ranges();
  StayFloat({.names = {"1x1", "3x3", "block"}}, calibration);
  EXPECT_EQ(calibration.ranges.size(), 4U);
  EXPECT_EQ(OnlyBytes({.names = {"conv", "relu"}}, calibration).ranges.size(), 2U);
}

TEST(TakeUntilCovered, TakesTheCheapestThatHelpsTheWorstFeature) {
  const CoverQuery query = {.sources = {{{0.9, 0.1}, 10, 1}, {{0.1, 0.9}, 10, 1}, {{0.8, 0.0}, 1, 1}},
                            .measured = {1.8, 1.0},
                            .most_loss = 1.0,
                            .most_work = 3,
                            .most_taken = 3};
  std::vector<size_t> taken;
  TakeUntilCovered(query, taken);
  EXPECT_THAT(taken, ElementsAre(2U));
}

TEST(TakeUntilCovered, KeepsWithinTheWork) {
  const CoverQuery query = {
      .sources = {{{2}, 1, 5}, {{1}, 1, 1}}, .measured = {3}, .most_loss = 0, .most_work = 2, .most_taken = 2};
  std::vector<size_t> taken;
  TakeUntilCovered(query, taken);
  EXPECT_THAT(taken, ElementsAre(1U));
}

TEST(LossShare, IsOneAtTheLimitOfFaithfulness) {
  EXPECT_NEAR(LossShare({Precision::kInt8, 0.99, 1, 1}), 1, 1e-9);
  EXPECT_NEAR(LossShare({Precision::kInt8, 1, 0.99, 1}), 0.5, 1e-9);
  EXPECT_NEAR(LargestLossShare(100), 0.9, 1e-9);
  EXPECT_NEAR(LargestLossShare(1), 0.5, 1e-9);
}

}  // namespace
}  // namespace onebyone
