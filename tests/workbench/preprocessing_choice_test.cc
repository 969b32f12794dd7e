#include "engine/workbench/preprocessing_choice.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::StatusIs;
using ::testing::HasSubstr;

// What the input is for a pixel, per channel of the input.
std::vector<double> Input(const PreprocessOptions& options, std::array<double, 3> rgb) {
  if (options.color == ColorOrder::kBgr) std::swap(rgb[0], rgb[2]);
  std::vector<double> input;
  for (size_t i = 0; i < 3; ++i) input.push_back((rgb[i] * options.scale - options.mean[i]) / options.std[i]);
  return input;
}

absl::StatusOr<PreprocessOptions> OfPreset(Preset preset) {
  PreprocessingChoice choice;
  choice.preset = preset;
  return ChoosePreprocessing(choice, {Shape::kUnknown, 3, 64, 64});
}

TEST(ChoosePreprocessing, KnowsTheArithmeticOfEachPreset) {
  constexpr std::array<double, 3> kPixel = {255, 0, 51};
  const auto near = [](double number) { return ::testing::DoubleNear(number, 1e-5); };
  ASSERT_OK_AND_ASSIGN(const PreprocessOptions caffe, OfPreset(Preset::kCaffe));
  EXPECT_THAT(Input(caffe, kPixel), ::testing::ElementsAre(near(51 - 104), near(-117), near(255 - 123)));
  ASSERT_OK_AND_ASSIGN(const PreprocessOptions torchvision, OfPreset(Preset::kTorchvision));
  EXPECT_THAT(Input(torchvision, kPixel),
              ::testing::ElementsAre(near((1 - 0.485) / 0.229), near(-0.456 / 0.224), near((0.2 - 0.406) / 0.225)));
  ASSERT_OK_AND_ASSIGN(const PreprocessOptions tensorflow, OfPreset(Preset::kTensorflow));
  EXPECT_THAT(Input(tensorflow, kPixel), ::testing::ElementsAre(near(1), near(-1), near(-0.6)));
  ASSERT_OK_AND_ASSIGN(const PreprocessOptions none, OfPreset(Preset::kNone));
  EXPECT_THAT(Input(none, kPixel), ::testing::ElementsAre(near(255), near(0), near(51)));
}

TEST(ChoosePreprocessing, TakesTheInputsSizeUnlessOneIsGiven) {
  PreprocessingChoice choice;
  ASSERT_OK_AND_ASSIGN(const PreprocessOptions fixed, ChoosePreprocessing(choice, {1, 3, 48, 64}));
  EXPECT_EQ(fixed.height, 48);
  EXPECT_EQ(fixed.width, 64);
  EXPECT_EQ(fixed.resize_shorter_side, 64);
  ASSERT_OK_AND_ASSIGN(const PreprocessOptions free,
                       ChoosePreprocessing(choice, {1, 3, Shape::kUnknown, Shape::kUnknown}));
  EXPECT_EQ(free.height, 224);
  EXPECT_EQ(free.resize_shorter_side, 256);
  choice.input_size = 160;
  ASSERT_OK_AND_ASSIGN(const PreprocessOptions given, ChoosePreprocessing(choice, {1, 3, 48, 64}));
  EXPECT_EQ(given.height, 160);
  EXPECT_EQ(given.width, 160);
  EXPECT_EQ(given.resize_shorter_side, 183);
}

TEST(ChoosePreprocessing, RefusesWhatNoBundleMayHold) {
  PreprocessingChoice choice;
  EXPECT_THAT(ChoosePreprocessing(choice, {1, 3, 10'000, 64}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("height")));
  choice.resize_shorter_side = 32;
  EXPECT_THAT(ChoosePreprocessing(choice, {1, 3, 64, 64}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("resize_shorter_side")));
}

}  // namespace
}  // namespace onebyone
