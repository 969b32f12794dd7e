#include "engine/workbench/random_weights.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/testing/graph_builder.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::GraphBuilder;
using ::onebyone::testing::StatusIs;
using ::testing::Each;
using ::testing::HasSubstr;

Graph SmallNetwork() {
  return GraphBuilder()
      .Input("image", {1, 3, 16, 16})
      .Conv("conv", "image", 64, {.kernel = 5, .pad = 2})
      .BatchNorm("norm", "conv")
      .Relu("relu", "norm")
      .GlobalAveragePool("pool", "relu")
      .Flatten("flat", "pool")
      .Gemm("dense", "flat", 40)
      .Output("dense")
      .Build();
}

std::vector<float> InputOf(const Graph& graph, OpType op, size_t input) {
  const Tensor* constant = graph.ConstantOf(graph.node(graph.NodesOf(op).front()).inputs[input]);
  return {constant->As<float>(), constant->As<float>() + constant->elements()};
}

double DeviationOf(const std::vector<float>& numbers) {
  double squares = 0;
  for (const float number : numbers) squares += static_cast<double>(number) * number;
  return std::sqrt(squares / static_cast<double>(numbers.size()));
}

TEST(RandomWeights, AreNormalByWhatGoesIntoAnOutput) {
  ASSERT_OK_AND_ASSIGN(const Graph random, WithRandomWeights(SmallNetwork(), /*seed=*/0));
  EXPECT_NEAR(DeviationOf(InputOf(random, OpType::kConv, 1)), std::sqrt(2.0 / (3 * 5 * 5)), 0.01);
  EXPECT_NEAR(DeviationOf(InputOf(random, OpType::kGemm, 1)), std::sqrt(2.0 / 64), 0.01);
  EXPECT_THAT(InputOf(random, OpType::kConv, 2), Each(0));
  EXPECT_THAT(InputOf(random, OpType::kGemm, 2), Each(0));
}

TEST(RandomWeights, LeaveNothingOfBatchNormalizations) {
  ASSERT_OK_AND_ASSIGN(const Graph random, WithRandomWeights(SmallNetwork(), /*seed=*/0));
  for (const size_t input : {1, 4}) EXPECT_THAT(InputOf(random, OpType::kBatchNormalization, input), Each(1));
  for (const size_t input : {2, 3}) EXPECT_THAT(InputOf(random, OpType::kBatchNormalization, input), Each(0));
}

TEST(RandomWeights, DependOnTheSeedAlone) {
  ASSERT_OK_AND_ASSIGN(const Graph random, WithRandomWeights(SmallNetwork(), /*seed=*/1));
  ASSERT_OK_AND_ASSIGN(const Graph same, WithRandomWeights(SmallNetwork(), /*seed=*/1));
  ASSERT_OK_AND_ASSIGN(const Graph other, WithRandomWeights(SmallNetwork(), /*seed=*/2));
  EXPECT_EQ(InputOf(random, OpType::kConv, 1), InputOf(same, OpType::kConv, 1));
  EXPECT_NE(InputOf(random, OpType::kConv, 1), InputOf(other, OpType::kConv, 1));
}

TEST(RandomWeights, LeaveTheNetworkThatTheyAreMadeOf) {
  const Graph network = SmallNetwork();
  const std::vector<float> before = InputOf(network, OpType::kConv, 1);
  ASSERT_OK_AND_ASSIGN(const Graph random, WithRandomWeights(network, /*seed=*/0));
  EXPECT_EQ(InputOf(network, OpType::kConv, 1), before);
  EXPECT_NE(InputOf(random, OpType::kConv, 1), before);
}

TEST(RandomWeights, RefuseAQuantizedNetwork) {
  Tensor scale = *Tensor::Create(DataType::kFloat32, {});
  *scale.As<float>() = 0.5F;
  Graph quantized = GraphBuilder()
                        .Input("image", {1, 3, 8, 8})
                        .Constant("scale", scale)
                        .Node(OpType::kQuantizeLinear, {"bytes"}, {"image", "scale"}, QuantizeAttributes{})
                        .Node(OpType::kDequantizeLinear, {"floats"}, {"bytes", "scale"}, QuantizeAttributes{})
                        .Output("floats")
                        .Build();
  EXPECT_THAT(WithRandomWeights(std::move(quantized), 0),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("want a network of floats")));
}

}  // namespace
}  // namespace onebyone
