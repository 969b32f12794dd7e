#include "engine/workbench/float_layers.h"

#include <gtest/gtest.h>

#include "engine/workbench/fidelity_measurement.h"
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

}  // namespace
}  // namespace onebyone
