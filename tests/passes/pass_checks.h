#pragma once

#include <cstdint>

#include "engine/graph/graph.h"
#include "engine/graph/graph_printer.h"
#include "engine/passes/pass.h"
#include "tests/testing/graph_matchers.h"
#include "tests/testing/status_matchers.h"

namespace onebyone::testing {

// What every pass must keep. Each function adds failures to the running test.

// Whether an output may have become [N, K, 1, 1] where it was [N, K].
enum class OutputShapes : uint8_t { kEqual, kSameElements };

// `after` has the outputs of `before`, by name and order, and computes the same from the same random inputs: no element
// differs by more than 1e-5 of the largest one.
void ExpectSameResults(const Graph& before, const Graph& after, uint64_t seed,
                       OutputShapes shapes = OutputShapes::kEqual);

// The shapes that `graph` has are those that InferShapes tells, and its nodes are in topological order.
void ExpectShapesHold(const Graph& graph);

// Runs `pass` and removes what is not needed; fails where a second run changes anything. How many rewrites the first
// made.
template <Pass P>
int RunToTheEnd(const P& pass, Graph& graph) {
  const absl::StatusOr<int> rewrites = pass.Run(graph);
  EXPECT_THAT(rewrites, IsOk());
  Graph again = graph;
  EXPECT_THAT(pass.Run(again), IsOkAndHolds(0)) << "directly after the first run";
  EXPECT_EQ(PrintGraph(again), PrintGraph(graph));
  graph.RemoveUnneeded();
  again = graph;
  EXPECT_THAT(pass.Run(again), IsOkAndHolds(0)) << "after cleaning up";
  EXPECT_EQ(PrintGraph(again), PrintGraph(graph));
  return rewrites.value_or(-1);
}

}  // namespace onebyone::testing
