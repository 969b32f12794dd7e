// Files that are cut, changed or made to do harm: an error, and no more than that.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iostream>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tests/import/model_builder.h"
#include "tests/testing/folders.h"
#include "tests/testing/status_matchers.h"

namespace onebyone::testing {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

// A small Inception block with something of everything that the importer reads.
std::string SmallModel() {
  ModelBuilder builder(13);
  builder.model().set_producer_name("test");
  builder.Input("x", {-1, 3, 16, 16}).Output("probabilities").Output("block");
  builder.Initializer(FloatTensor("w1", {2, 3, 1, 1}, std::vector<float>(6, 0.5F)));
  builder.Initializer(FloatTensor("w3", {2, 3, 3, 3}, std::vector<float>(54, 0.25F)));
  onnx::TensorProto quantized = Int64Tensor("q", {3, 4}, {});
  quantized.set_data_type(onnx::TensorProto::INT8);
  quantized.set_raw_data(std::string(12, '\x03'));
  builder.Initializer(quantized).Initializer(FloatTensor("scale", {}, {0.1F}));
  builder.Initializer(Int64Tensor("rows", {1}, {-1})).Initializer(Int64Tensor("columns", {1}, {4}));
  builder.Initializer(FloatTensor("six", {}, {6.0F}));
  builder.Node("Conv", {"x", "w1"}, {"branch1"});
  onnx::NodeProto& conv = builder.Node("Conv", {"x", "w3"}, {"branch3"});
  Set(conv, "pads", std::vector<int64_t>{1, 1, 1, 1});
  Set(conv, "strides", std::vector<int64_t>{1, 1});
  builder.Node("Clip", {"branch3", "", "six"}, {"clipped"});
  Set(builder.Node("Concat", {"branch1", "clipped"}, {"block"}), "axis", 1);
  onnx::NodeProto& pool = builder.Node("MaxPool", {"block"}, {"pooled"});
  Set(pool, "kernel_shape", std::vector<int64_t>{3, 3});
  Set(pool, "auto_pad", "SAME_UPPER");
  Set(pool, "ceil_mode", 1);
  builder.Node("GlobalAveragePool", {"pooled"}, {"vector"});
  Set(builder.Node("Concat", {"rows", "columns"}, {"shape"}), "axis", 0);
  builder.Node("Reshape", {"vector", "shape"}, {"flat"});
  builder.Node("DequantizeLinear", {"q", "scale"}, {"dense"});
  Set(builder.Node("Gemm", {"flat", "dense"}, {"logits"}), "transB", 1);
  Set(builder.Node("Constant", {}, {"bias"}), "value", FloatTensor("", {3}, {1, 2, 3}));
  builder.Node("Add", {"logits", "bias"}, {"sum"});
  builder.Node("Softmax", {"sum"}, {"probabilities"});
  return builder.Serialize();
}

uint64_t Seed() { return std::stoull(FromEnvironment("ONEBYONE_TEST_SEED", "20261124")); }

// One random change: a byte, a run of bytes, a cut, an insertion, or a piece copied from elsewhere.
std::string Mutated(std::string file, std::mt19937_64& random) {
  const auto below = [&](size_t limit) { return std::uniform_int_distribution<size_t>(0, limit - 1)(random); };
  const int changes = 1 + static_cast<int>(below(4));
  for (int i = 0; i < changes && !file.empty(); ++i) {
    const size_t at = below(file.size());
    switch (below(6)) {
      case 0: file[at] = static_cast<char>(below(256)); break;
      case 1: file[at] = static_cast<char>(file[at] ^ (1 << below(8))); break;
      case 2: file.resize(at); break;
      case 3: file.insert(at, 1 + below(8), static_cast<char>(below(256))); break;
      case 4: file.erase(at, 1 + below(16)); break;
      default: file.replace(at, 4, file.substr(below(file.size()), 1 + below(16))); break;
    }
  }
  return file;
}

void ImportMutated(const std::string& model, int rounds, uint64_t seed) {
  SCOPED_TRACE(::testing::Message() << "rerun with ONEBYONE_TEST_SEED=" << seed);
  std::mt19937_64 random(seed);
  OnnxImportOptions options;
  options.max_constant_bytes = 1 << 24;
  int accepted = 0;
  for (int round = 0; round < rounds; ++round) {
    const std::string file = Mutated(model, random);
    const absl::StatusOr<Graph> graph = ImportOnnx(file, options);
    if (graph.ok()) {
      ++accepted;
      continue;
    }
    ASSERT_THAT(graph.status().code(), AnyOf(kInvalid, absl::StatusCode::kUnimplemented)) << graph.status();
    ASSERT_LT(graph.status().message().size(), 200'000);
  }
  std::cout << "[ mutated  ] seed " << seed << ": " << accepted << " of " << rounds << " files were still models\n";
  EXPECT_LT(accepted, rounds);
}

TEST(HostileFile, TheModelThatIsMutatedIsAGoodOne) { EXPECT_THAT(ImportOnnx(SmallModel()), IsOk()); }

TEST(HostileFile, MutationsGiveAModelOrAnError) { ImportMutated(SmallModel(), 10'000, Seed()); }

TEST(HostileFile, EveryTruncationIsAnError) {
  const std::string model = SmallModel();
  for (size_t length = 0; length < model.size(); ++length) {
    EXPECT_THAT(ImportOnnx(absl::string_view(model).substr(0, length)), StatusIs(kInvalid)) << length;
  }
}

TEST(HostileFile, MutationsOfARealNetworkGiveAModelOrAnError) {
  SKIP_WITHOUT_SHARED("models/squeezenet1.0.onnx");
  onnx::ModelProto model;
  std::ifstream stream(absl::StrCat(SharedFolder(), "/models/squeezenet1.0.onnx"), std::ios::binary);
  ASSERT_TRUE(model.ParseFromIstream(&stream));
  // Its structure as it is, with weights of one element each, so that mutations meet structure.
  for (onnx::TensorProto& weights : *model.mutable_graph()->mutable_initializer()) {
    const std::string name = weights.name();
    weights = FloatTensor(name, std::vector<int64_t>(weights.dims_size(), 1), {1.0F});
  }
  ImportMutated(model.SerializeAsString(), 3'000, Seed());
}

TEST(HostileFile, NothingAndNoiseAreNoModels) {
  EXPECT_THAT(ImportOnnx(""), StatusIs(kInvalid));
  EXPECT_THAT(ImportOnnx("\x89PNG\r\n\x1a\n"), StatusIs(kInvalid));
  EXPECT_THAT(ImportOnnx(std::string(1000, '\0')), StatusIs(kInvalid));
  EXPECT_THAT(ImportOnnx(std::string(1000, '\xff')), StatusIs(kInvalid));
}

// Field 7 of a ModelProto is the graph; field 1 of that is a node. An empty node is two bytes.
std::string ModelOf(const std::string& graph) {
  std::string model = "\x3a";
  for (size_t rest = graph.size();; rest >>= 7) {
    const bool last = rest < 128;
    model.push_back(static_cast<char>((rest & 0x7F) | (last ? 0 : 0x80)));
    if (last) break;
  }
  return model + graph;
}

TEST(HostileFile, MillionsOfEmptyMessagesAreRefusedBeforeTheyUnfold) {
  std::string nodes;
  for (int i = 0; i < 5'000'000; ++i) nodes += std::string("\x0a\x00", 2);
  EXPECT_THAT(ImportOnnx(ModelOf(nodes)), StatusIs(kInvalid, HasSubstr("messages and strings")));
}

TEST(HostileFile, MessagesNestedDeeplyAreRefused) {
  // Graphs within attributes (6) of nodes (1) of graphs.
  std::string graph;
  for (int depth = 0; depth < 200; ++depth) {
    const auto wrapped = [](char tag, const std::string& content) { return tag + ModelOf(content).substr(1); };
    graph = wrapped('\x0a', wrapped('\x2a', wrapped('\x32', graph)));
  }
  EXPECT_THAT(ImportOnnx(ModelOf(graph)), StatusIs(kInvalid, HasSubstr("messages within another")));
}

TEST(HostileFile, ManyConstantsAndNodesTakeLinearTime) {
  ModelBuilder builder(13);
  builder.Zeros("v0", {1}).Output("v0");
  std::vector<std::string> all;
  for (int i = 0; i < 20'000; ++i) {
    all.push_back(absl::StrCat("v", i));
    builder.Node("Add", {all.back(), "v0"}, {absl::StrCat("v", i + 1)});
  }
  Set(builder.Node("Concat", all, {"all"}), "axis", 0);
  const absl::Time start = absl::Now();
  EXPECT_THAT(builder.Import(), IsOk());
  EXPECT_LT(absl::Now() - start, absl::Seconds(30));
}

}  // namespace
}  // namespace onebyone::testing
