#include "engine/graph/layer_table.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "tests/graph/inception_networks.h"
#include "tests/testing/graph_builder.h"

namespace onebyone {
namespace {

using ::onebyone::testing::BuildInception;
using ::onebyone::testing::GraphBuilder;
using ::onebyone::testing::InceptionNano;
using ::testing::ElementsAre;

std::vector<std::string> NamesOf(const std::vector<LayerInfo>& layers) {
  std::vector<std::string> names;
  for (const LayerInfo& layer : layers) names.push_back(layer.name);
  return names;
}

LayerInfo Find(const std::vector<LayerInfo>& layers, const std::string& name) {
  for (const LayerInfo& layer : layers) {
    if (layer.name == name) return layer;
  }
  ADD_FAILURE() << "no layer '" << name << "'";
  return {};
}

TEST(DescribeLayers, ListsMapsAndVectorsOfFloatsInGraphOrder) {
  const Graph graph = GraphBuilder()
                          .Input("x", {1, 3, 8, 6})
                          .Input("other", {1, 3, 8, 6})
                          .Conv("map", "x", 4, {})
                          .Relu("of_another_input", "other")
                          .Cast("bytes", "map", DataType::kUInt8)
                          .Reshape("of_five_axes", "map", {1, 2, 2, 8, 6})
                          .Reshape("of_another_batch", "map", {2, 96})
                          .Node(OpType::kDropout, {"kept", "mask"}, {"map"})
                          .GlobalAveragePool("mean", "kept")
                          .Flatten("vector", "mean")
                          .Build();
  const std::vector<LayerInfo> layers = DescribeLayers(graph);
  EXPECT_THAT(NamesOf(layers), ElementsAre("map", "kept", "mean", "vector"));
}

TEST(DescribeLayers, TellsExtentsOperatorAndField) {
  const Graph graph = GraphBuilder()
                          .Input("x", {1, 3, 8, 6})
                          .Conv("map", "x", 4, {.kernel = 2, .stride = 2})
                          .GlobalAveragePool("mean", "map")
                          .Flatten("vector", "mean")
                          .Build();
  const std::vector<LayerInfo> layers = DescribeLayers(graph);
  const LayerInfo map = Find(layers, "map");
  EXPECT_EQ(map.op, "Conv");
  EXPECT_THAT((std::vector<int64_t>{map.channels, map.height, map.width}), ElementsAre(4, 4, 3));
  EXPECT_FALSE(map.is_vector);
  EXPECT_EQ(map.field.width.stride, 2);
  EXPECT_EQ(map.field.width.size, 2);
  const LayerInfo vector = Find(layers, "vector");
  EXPECT_EQ(vector.op, "Flatten");
  EXPECT_TRUE(vector.is_vector);
  EXPECT_THAT((std::vector<int64_t>{vector.channels, vector.height, vector.width}), ElementsAre(4, 1, 1));
  EXPECT_EQ(vector.field.height.size, 8);
}

TEST(DescribeLayers, CountsWhatBranchesShareOnce) {
  const Graph graph = GraphBuilder()
                          .Input("x", {1, 3, 4, 4})
                          .Conv("shared", "x", 8, {})      // 16 * 8 * 3 = 384, 32 parameters
                          .Conv("left", "shared", 2, {})   // 16 * 2 * 8 = 256, 18 parameters
                          .Conv("right", "shared", 4, {})  // 16 * 4 * 8 = 512, 36 parameters
                          .Concat("joined", {"left", "right"})
                          .Build();
  const std::vector<LayerInfo> layers = DescribeLayers(graph);
  EXPECT_EQ(Find(layers, "shared").multiply_adds, 384);
  EXPECT_EQ(Find(layers, "left").multiply_adds, 384 + 256);
  EXPECT_EQ(Find(layers, "right").multiply_adds, 384 + 512);
  EXPECT_EQ(Find(layers, "right").own_multiply_adds, 512);
  EXPECT_EQ(Find(layers, "joined").multiply_adds, 384 + 256 + 512);
  EXPECT_EQ(Find(layers, "joined").own_multiply_adds, 0);
  EXPECT_EQ(Find(layers, "left").parameters, 32 + 18);
  EXPECT_EQ(Find(layers, "left").own_parameters, 18);
  EXPECT_EQ(Find(layers, "joined").parameters, 32 + 18 + 36);
}

TEST(DescribeLayers, CountsWeightsOnceThatTwoLayersRead) {
  const Graph graph = GraphBuilder()
                          .Input("x", {1, 3, 4, 4})
                          .RandomConstant("w", {3, 3, 1, 1})
                          .Node(OpType::kConv, {"first"}, {"x", "w"}, ConvAttributes())
                          .Node(OpType::kConv, {"second"}, {"first", "w"}, ConvAttributes())
                          .Build();
  const LayerInfo second = Find(DescribeLayers(graph), "second");
  EXPECT_EQ(second.own_parameters, 9);
  EXPECT_EQ(second.parameters, 9);
  EXPECT_EQ(second.multiply_adds, 2 * 16 * 9);
}

TEST(DescribeLayers, SaturatesWhereTheSumIsBeyondAnyNumber) {
  GraphBuilder builder;
  builder.Input("x", {1, 1, 46'000, 46'000}).RandomConstant("w", {1, 1, 2'000, 2'000});
  builder.Node(OpType::kConv, {"y0"}, {"x", "w"}, ConvAttributes());
  std::vector<std::string> parts = {"y0"};
  for (int i = 1; i < 1'300; ++i) {
    parts.push_back("y" + std::to_string(i));
    builder.Node(OpType::kConv, {parts.back()}, {"x", "w"}, ConvAttributes());
  }
  const Graph graph = builder.Sum("out", parts).Build();
  // One is 44,001 * 44,001 * 4,000,000, about 7.7e15; 1,300 of them are over 2^63.
  EXPECT_EQ(Find(DescribeLayers(graph), "y0").multiply_adds, int64_t{44'001} * 44'001 * 4'000'000);
  EXPECT_EQ(Find(DescribeLayers(graph), "out").multiply_adds, std::numeric_limits<int64_t>::max());
}

struct BlockCost {
  std::string name;  // of the block's layers
  double millions;   // of multiply-adds, as published, to 0.01
  int64_t parameters;
};

class InceptionNanoCost : public ::testing::TestWithParam<BlockCost> {
 protected:
  static const std::vector<LayerInfo>& Layers() {
    static const auto* const layers = new std::vector<LayerInfo>(DescribeLayers(BuildInception(InceptionNano(), 160)));
    return *layers;
  }
};

TEST_P(InceptionNanoCost, IsThatOfItsTable) {
  int64_t multiply_adds = 0;
  int64_t parameters = 0;
  for (const LayerInfo& layer : Layers()) {
    if (layer.name.rfind(GetParam().name + "/", 0) != 0) continue;
    multiply_adds += layer.own_multiply_adds;
    parameters += layer.own_parameters;
  }
  EXPECT_NEAR(static_cast<double>(multiply_adds) / 1e6, GetParam().millions, 0.005);
  EXPECT_EQ(parameters, GetParam().parameters);
}

INSTANTIATE_TEST_SUITE_P(
    Blocks, InceptionNanoCost,
    ::testing::Values(BlockCost{"conv1", 30.11, 4736}, BlockCost{"conv2", 45.88, 28800},
                      BlockCost{"inception_3a", 17.92, 44992}, BlockCost{"inception_3b", 38.81, 97344},
                      BlockCost{"inception_4a", 10.73, 107600}, BlockCost{"inception_4b", 12.95, 129872},
                      BlockCost{"inception_4c", 13.16, 131920}, BlockCost{"inception_4d", 16.56, 166000},
                      BlockCost{"inception_4e", 21.91, 219648}, BlockCost{"inception_5a", 6.52, 261120},
                      BlockCost{"inception_5b", 9.42, 377472}),
    [](const auto& test) { return test.param.name; });

TEST(DescribeLayers, SumsAWholeNetworkUpToItsEmbedding) {
  const LayerInfo embedding = Find(DescribeLayers(BuildInception(InceptionNano(), 160)), "embedding");
  EXPECT_EQ(embedding.channels, 512);
  EXPECT_EQ(embedding.parameters, 1'569'504);
  EXPECT_NEAR(static_cast<double>(embedding.multiply_adds) / 1e6, 224.0, 0.05);
}

}  // namespace
}  // namespace onebyone
