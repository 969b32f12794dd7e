#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "engine/import/onnx_importer.h"
#include "engine/runtime/compiled_model.h"
#include "engine/runtime/executor.h"
#include "tests/testing/status_matchers.h"
#include "tests/workbench/program_fixture.h"

// GoogLeNet at 448 x 320 pixels instead of 224 x 224: its classifier gives a map of classifications.

namespace onebyone::testing {
namespace {

constexpr int64_t kHeight = 320;
constexpr int64_t kWidth = 448;

struct Map {
  Shape shape;
  std::vector<float> values;

  float at(int64_t channel, int64_t y, int64_t x) const {
    return values[static_cast<size_t>((channel * shape[2] + y) * shape[3] + x)];
  }
};

const std::vector<LayerQuery> kLayers = {{"inception_5b/output"}, {"pool5"}, {"prob"}};

std::vector<Map> RunNative(const CompileOptions& options) {
  const auto graph = ImportOnnxFile(absl::StrCat(SharedFolder(), "/models/bvlc_googlenet.onnx"));
  EXPECT_THAT(graph, IsOk());
  const auto model = CompiledModel::Compile(*graph, 224, 224, options);
  EXPECT_THAT(model, IsOk());
  const auto plan = (*model)->PlanFor({.layers = kLayers, .height = kHeight, .width = kWidth, .native = true});
  EXPECT_THAT(plan, IsOk());
  const auto executor = Executor::Create({});
  EXPECT_THAT(executor->Use(*plan), IsOk());
  std::mt19937 random(5);
  std::uniform_real_distribution<float> pixel(-110.0F, 130.0F);
  const TensorView input = executor->Input();
  for (int64_t i = 0; i < input.shape.Elements(); ++i) input.As<float>()[i] = pixel(random);
  EXPECT_THAT(executor->Run(nullptr), IsOk());
  std::vector<Map> maps;
  for (int i = 0; i < 3; ++i) {
    const ConstTensorView output = executor->Output(i);
    maps.push_back({output.shape, {output.As<float>(), output.As<float>() + output.shape.Elements()}});
  }
  return maps;
}

TEST(GoogleNetAtANativeSize, GivesTheClassMapOfThePlainReference) {
  SKIP_WITHOUT_SHARED("models/bvlc_googlenet.onnx");
  const std::vector<Map> got = RunNative({});
  EXPECT_EQ(got[0].shape, (Shape{1, 1024, 10, 14}));
  EXPECT_EQ(got[1].shape, (Shape{1, 1024, 4, 8}));
  EXPECT_EQ(got[2].shape, (Shape{1, 1000, 4, 8}));
  const std::vector<Map> wanted = RunNative({.reference_only = true});
  for (size_t i = 0; i < got.size(); ++i) {
    ASSERT_EQ(got[i].shape, wanted[i].shape);
    float largest = 0;
    float difference = 0;
    for (size_t j = 0; j < got[i].values.size(); ++j) {
      largest = std::max(largest, std::abs(wanted[i].values[j]));
      difference = std::max(difference, std::abs(got[i].values[j] - wanted[i].values[j]));
    }
    EXPECT_GT(largest, 0) << kLayers[i].layer;
    EXPECT_LE(difference, 1e-4F * largest) << kLayers[i].layer;
  }
}

TEST(GoogleNetAtANativeSize, PoolsAndClassifiesEachPlaceByItself) {
  SKIP_WITHOUT_SHARED("models/bvlc_googlenet.onnx");
  const std::vector<Map> maps = RunNative({});
  for (int64_t y = 0; y < 4; ++y) {
    for (int64_t x = 0; x < 8; ++x) {
      double sum = 0;
      for (int64_t c = 0; c < 1000; ++c) sum += maps[2].at(c, y, x);
      EXPECT_NEAR(sum, 1, 1e-4);
      for (const int64_t channel : {0, 511, 1023}) {
        double mean = 0;
        for (int64_t i = 0; i < 49; ++i) mean += maps[0].at(channel, y + i / 7, x + i % 7) / 49.0;
        EXPECT_NEAR(maps[1].at(channel, y, x), mean, 1e-4 * (1 + std::abs(mean)));
      }
    }
  }
}

}  // namespace
}  // namespace onebyone::testing
