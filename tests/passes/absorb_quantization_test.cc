#include "engine/passes/absorb_quantization.h"

#include <gmock/gmock.h>

#include "engine/graph/shape_inference.h"
#include "tests/testing/graph_builder.h"
#include "tests/testing/graph_matchers.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using testing::GraphBuilder;
using testing::HasNodeCount;
using testing::IsOk;
using Ranges = absl::btree_map<std::string, ValueRange>;

Tensor Scale(float scale) {
  Tensor tensor = *Tensor::Create(DataType::kFloat32, {});
  *tensor.As<float>() = scale;
  return tensor;
}

Tensor Zero(uint8_t zero) {
  Tensor tensor = *Tensor::Create(DataType::kUInt8, {});
  *tensor.As<uint8_t>() = zero;
  return tensor;
}

// x -> Quantize -> q -> MaxPool -> p -> Dequantize (by `scale_out`) -> y -> Conv -> z
Graph Quantized(const char* scale_out) {
  return GraphBuilder()
      .Input("x", {1, 8, 6, 6})
      .Constant("scale", Scale(0.5F))
      .Constant("other_scale", Scale(0.25F))
      .Constant("zero", Zero(28))
      .Node(OpType::kQuantizeLinear, {"q"}, {"x", "scale", "zero"}, QuantizeAttributes{})
      .MaxPool("p", "q", {.kernel = 2, .stride = 2})
      .Node(OpType::kDequantizeLinear, {"y"}, {"p", scale_out, "zero"}, QuantizeAttributes{})
      .Conv("z", "y", 4, {.kernel = 1})
      .Output("z")
      .Build();
}

TEST(AbsorbQuantization, MakesAFloatNetworkAndKeepsItsScalesAsRanges) {
  Graph graph = Quantized("scale");
  Ranges ranges;
  EXPECT_EQ((*AbsorbQuantization{ranges}.Run(graph)), 2);
  EXPECT_EQ((*AbsorbQuantization{ranges}.Run(graph)), 0);
  EXPECT_THAT(InferShapes(graph), IsOk());
  EXPECT_THAT(graph, HasNodeCount(OpType::kQuantizeLinear, 0));
  EXPECT_THAT(graph, HasNodeCount(OpType::kDequantizeLinear, 0));
  EXPECT_EQ(graph.value(graph.FindValue("p")).type, DataType::kFloat32);
  for (const char* name : {"x", "q", "p"}) {
    ASSERT_TRUE(ranges.contains(name)) << name;
    EXPECT_EQ(ranges[name].low, -14.0F);
    EXPECT_EQ(ranges[name].high, 113.5F);
  }
}

TEST(AbsorbQuantization, LeavesBytesThatAreReadByAnotherScale) {
  Graph graph = Quantized("other_scale");
  Ranges ranges;
  EXPECT_EQ((*AbsorbQuantization{ranges}.Run(graph)), 0);
  EXPECT_TRUE(ranges.empty());
  EXPECT_THAT(graph, HasNodeCount(OpType::kQuantizeLinear, 1));
}

TEST(AbsorbQuantization, LeavesBytesThatTheNetworkReturns) {
  Graph graph = GraphBuilder()
                    .Input("x", {1, 8, 6, 6})
                    .Constant("scale", Scale(0.5F))
                    .Node(OpType::kQuantizeLinear, {"q"}, {"x", "scale"}, QuantizeAttributes{})
                    .Output("q")
                    .Build();
  Ranges ranges;
  EXPECT_EQ((*AbsorbQuantization{ranges}.Run(graph)), 0);
}

}  // namespace
}  // namespace onebyone
