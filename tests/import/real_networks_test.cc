// Networks as they come, not written for these tests.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "engine/import/onnx_importer.h"
#include "tests/testing/folders.h"
#include "tests/testing/status_matchers.h"

namespace onebyone::testing {
namespace {

using ::testing::SizeIs;

struct RealNetwork {
  const char* file;
  const char* layer;
  int nodes;
  int convolutions;
  int outputs;
};

class ImportRealNetwork : public ::testing::TestWithParam<RealNetwork> {};

TEST_P(ImportRealNetwork, KeepsItsNodesAndNames) {
  const std::string path = absl::StrCat("models/", GetParam().file);
  SKIP_WITHOUT_SHARED(path);
  ASSERT_OK_AND_ASSIGN(const Graph graph, ImportOnnxFile(absl::StrCat(SharedFolder(), "/", path)));
  EXPECT_EQ(graph.node_count(), GetParam().nodes);
  EXPECT_THAT(graph.NodesOf(OpType::kConv), SizeIs(GetParam().convolutions));
  EXPECT_THAT(graph.inputs(), SizeIs(1));
  EXPECT_THAT(graph.outputs(), SizeIs(GetParam().outputs));
  EXPECT_EQ(graph.value(graph.inputs()[0]).shape[0], Shape::kUnknown);
  EXPECT_NE(graph.FindValue(GetParam().layer), kNoValue);
}

INSTANTIATE_TEST_SUITE_P(Files, ImportRealNetwork,
                         ::testing::Values(RealNetwork{"bvlc_googlenet.onnx", "inception_3a/output", 143, 57, 2},
                                           RealNetwork{"squeezenet1.0.onnx", "fire9/concat", 67, 26, 2}));

}  // namespace
}  // namespace onebyone::testing
