#include <gtest/gtest.h>

#include "engine/graph/shape_inference.h"
#include "engine/passes/dense_to_conv.h"
#include "engine/passes/elide_concat.h"
#include "engine/passes/fold_batch_norm.h"
#include "engine/passes/fuse_activation.h"
#include "engine/passes/remove_identity.h"
#include "tests/passes/pass_checks.h"
#include "tests/passes/random_network.h"

namespace onebyone {
namespace {

using testing::ExpectSameResults;
using testing::ExpectShapesHold;
using testing::OutputShapes;
using testing::RandomNetwork;
using testing::RunToTheEnd;

// Every pass on many networks: twice equals once, the results stay, the shapes hold. The seed is the parameter.
class RandomNetworks : public ::testing::TestWithParam<uint64_t> {
 protected:
  const Graph before_ = RandomNetwork(GetParam());
};

template <Pass P>
void ExpectKept(const P& pass, const Graph& before, uint64_t seed, OutputShapes shapes = OutputShapes::kEqual) {
  SCOPED_TRACE(std::string(P::name()));
  Graph graph = before;
  if (RunToTheEnd(pass, graph) == 0) return;
  ExpectSameResults(before, graph, seed, shapes);
  ExpectShapesHold(graph);
}

TEST_P(RandomNetworks, ComputeTheSameAfterEachPass) {
  ExpectKept(RemoveIdentity{}, before_, GetParam());
  ExpectKept(FoldBatchNorm{}, before_, GetParam());
  ExpectKept(FuseActivation{}, before_, GetParam());
  ExpectKept(DenseToConv{}, before_, GetParam());
  ExpectKept(DenseToConv{true}, before_, GetParam(), OutputShapes::kSameElements);
  ExpectKept(ElideConcat{1}, before_, GetParam());
  ExpectKept(ElideConcat{8}, before_, GetParam());
}

TEST_P(RandomNetworks, ComputeTheSameAfterAllPasses) {
  for (const bool keep_map : {false, true}) {
    Graph graph = before_;
    RunToTheEnd(RemoveIdentity{}, graph);
    RunToTheEnd(FoldBatchNorm{}, graph);
    RunToTheEnd(DenseToConv{keep_map}, graph);
    RunToTheEnd(RemoveIdentity{}, graph);
    RunToTheEnd(FuseActivation{}, graph);
    RunToTheEnd(ElideConcat{4}, graph);
    ExpectSameResults(before_, graph, GetParam(), keep_map ? OutputShapes::kSameElements : OutputShapes::kEqual);
    ExpectShapesHold(graph);
    // What is not last must not harm slices either.
    RunToTheEnd(FuseActivation{}, graph);
    RunToTheEnd(FoldBatchNorm{}, graph);
    RunToTheEnd(RemoveIdentity{}, graph);
    ExpectSameResults(before_, graph, GetParam(), keep_map ? OutputShapes::kSameElements : OutputShapes::kEqual);
  }
}

template <Pass P>
int CountRewrites(const P& pass) {
  int rewrites = 0;
  for (uint64_t seed = 1; seed < 151; ++seed) {
    Graph graph = RandomNetwork(seed);
    rewrites += pass.Run(graph).value_or(0);
  }
  return rewrites;
}

TEST(RandomNetworksTogether, GiveEveryPassEnoughToRewrite) {
  EXPECT_GT(CountRewrites(RemoveIdentity{}), 150);
  EXPECT_GT(CountRewrites(FoldBatchNorm{}), 150);
  EXPECT_GT(CountRewrites(FuseActivation{}), 150);
  EXPECT_GT(CountRewrites(DenseToConv{}), 75);
  EXPECT_GT(CountRewrites(DenseToConv{true}), 150);
  EXPECT_GT(CountRewrites(ElideConcat{1}), 75);
  EXPECT_GT(CountRewrites(ElideConcat{8}), 20);
}

INSTANTIATE_TEST_SUITE_P(Seed, RandomNetworks, ::testing::Range<uint64_t>(1, 151));

}  // namespace
}  // namespace onebyone
