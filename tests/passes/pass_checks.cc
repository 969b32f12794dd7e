#include "tests/passes/pass_checks.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "engine/graph/shape_inference.h"
#include "tests/testing/reference_interpreter.h"

namespace onebyone::testing {
namespace {

constexpr double kTolerance = 1e-5;  // of the largest element

template <typename T>
void ExpectNear(const Tensor& wanted, const Tensor& got) {
  double largest = 0.0;
  double difference = 0.0;
  for (int64_t i = 0; i < wanted.elements(); ++i) {
    const auto want = static_cast<double>(wanted.As<T>()[i]);
    const auto have = static_cast<double>(got.As<T>()[i]);
    largest = std::max(largest, std::abs(want));
    // A NaN compares false with everything: take it as infinitely far.
    difference = std::max(difference, std::isnan(want - have) ? HUGE_VAL : std::abs(want - have));
  }
  EXPECT_LE(difference, kTolerance * largest);
}

}  // namespace

void ExpectSameResults(const Graph& before, const Graph& after, uint64_t seed, OutputShapes shapes) {
  SCOPED_TRACE(::testing::Message() << "before:\n" << before << "after:\n" << after);
  ASSERT_EQ(before.outputs().size(), after.outputs().size());
  ASSERT_OK_AND_ASSIGN(std::vector<Tensor> inputs, RandomInputs(before, seed));
  ASSERT_OK_AND_ASSIGN(const std::vector<Tensor> wanted, RunGraph(before, inputs));
  inputs.resize(after.inputs().size());  // one that nothing reads may be gone
  ASSERT_OK_AND_ASSIGN(const std::vector<Tensor> got, RunGraph(after, inputs));
  for (size_t i = 0; i < wanted.size(); ++i) {
    SCOPED_TRACE(before.outputs()[i].name);
    EXPECT_EQ(after.outputs()[i].name, before.outputs()[i].name);
    ASSERT_EQ(got[i].type(), wanted[i].type());
    if (shapes == OutputShapes::kEqual) {
      EXPECT_EQ(got[i].shape().ToString(), wanted[i].shape().ToString());
    }
    ASSERT_EQ(got[i].elements(), wanted[i].elements());
    if (wanted[i].type() == DataType::kFloat32) {
      ExpectNear<float>(wanted[i], got[i]);
    } else {
      ASSERT_EQ(wanted[i].type(), DataType::kFloat64);
      ExpectNear<double>(wanted[i], got[i]);
    }
  }
}

void ExpectShapesHold(const Graph& graph) {
  SCOPED_TRACE(::testing::Message() << graph);
  Graph inferred = graph;
  ASSERT_THAT(inferred.SortTopologically(), IsOk());
  EXPECT_EQ(inferred.NodeIds(), graph.NodeIds());
  ASSERT_THAT(InferShapes(inferred), IsOk());
  for (const NodeId id : graph.NodeIds()) {
    for (const ValueId output : graph.node(id).outputs) {
      EXPECT_EQ(graph.value(output).producer, id) << graph.value(output).name;
      EXPECT_EQ(graph.value(output).shape.ToString(), inferred.value(output).shape.ToString())
          << graph.value(output).name;
      EXPECT_EQ(graph.value(output).type, inferred.value(output).type) << graph.value(output).name;
    }
  }
}

}  // namespace onebyone::testing
