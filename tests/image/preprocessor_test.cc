#include "engine/image/preprocessor.h"

#include <gmock/gmock.h>

#include <limits>

#include "engine/tensor/aligned_buffer.h"
#include "engine/tensor/tensor.h"
#include "tests/image/encoded.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::IsOk;
using ::onebyone::testing::Picture;
using ::onebyone::testing::StatusIs;
using ::onebyone::testing::Waves;
using ::testing::HasSubstr;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

PreprocessOptions Options(int64_t width, int64_t height, int64_t shorter) {
  PreprocessOptions options;
  options.width = width;
  options.height = height;
  options.resize_shorter_side = shorter;
  return options;
}

TEST(Preprocessor, NormalizesAndLaysOutPlanesInTheOrderOfTheColors) {
  Picture picture(2, 1);
  picture.at(0, 0) = {10, 20, 30};
  picture.at(1, 0) = {40, 50, 255};
  PreprocessOptions options = Options(2, 1, 2);
  options.mean = {0.5f, 0.25f, 1.0f};
  options.std = {2, 4, 0.5f};
  options.scale = 0.1f;
  for (const ColorOrder color : {ColorOrder::kRgb, ColorOrder::kBgr}) {
    options.color = color;
    ASSERT_OK_AND_ASSIGN(const auto preprocessor, Preprocessor::Create(options));
    ASSERT_OK_AND_ASSIGN(Tensor input, Tensor::Create(DataType::kFloat32, {1, 3, 1, 2}));
    ASSERT_THAT(preprocessor->Run(picture.AsImage(), InputFit::kNoResize, input.view()), IsOk());
    const std::array<std::array<float, 2>, 3> rgb = {{{10, 40}, {20, 50}, {30, 255}}};
    for (size_t plane = 0; plane < 3; ++plane) {
      const auto& pixels = rgb[color == ColorOrder::kRgb ? plane : 2 - plane];
      for (size_t x = 0; x < 2; ++x) {
        const float expected = (pixels[x] * options.scale - options.mean[plane]) / options.std[plane];
        EXPECT_NEAR(input.As<float>()[plane * 2 + x], expected, 1e-6) << plane << ", " << x;
      }
    }
  }
}

TEST(Preprocessor, WithoutResizeWantsTheVerySize) {
  ASSERT_OK_AND_ASSIGN(const auto preprocessor, Preprocessor::Create(Options(8, 6, 8)));
  ASSERT_OK_AND_ASSIGN(Tensor input, Tensor::Create(DataType::kFloat32, {1, 3, 6, 8}));
  EXPECT_THAT(preprocessor->Run(Waves(8, 6).AsImage(), InputFit::kNoResize, input.view()), IsOk());
  EXPECT_THAT(preprocessor->Run(Waves(6, 8).AsImage(), InputFit::kNoResize, input.view()),
              StatusIs(kInvalid, HasSubstr("want the network's own size 8x6, got 6x8")));
}

TEST(Preprocessor, WantsAnInputOfItsOwnShapeAndType) {
  ASSERT_OK_AND_ASSIGN(const auto preprocessor, Preprocessor::Create(Options(8, 6, 8)));
  const Picture picture = Waves(20, 20);
  for (const Shape& shape : {Shape{1, 3, 8, 6}, Shape{3, 6, 8}, Shape{2, 3, 6, 8}}) {
    ASSERT_OK_AND_ASSIGN(Tensor input, Tensor::Create(DataType::kFloat32, shape));
    EXPECT_THAT(preprocessor->Run(picture.AsImage(), InputFit::kModel, input.view()),
                StatusIs(kInvalid, HasSubstr("input: want float32 [1, 3, 6, 8], got float32")));
  }
  ASSERT_OK_AND_ASSIGN(Tensor bytes, Tensor::Create(DataType::kUInt8, {1, 3, 6, 8}));
  EXPECT_THAT(preprocessor->Run(picture.AsImage(), InputFit::kModel, bytes.view()),
              StatusIs(kInvalid, HasSubstr("got uint8")));
}

TEST(Preprocessor, WantsAPictureThatFitsItsOriginal) {
  ASSERT_OK_AND_ASSIGN(const auto preprocessor, Preprocessor::Create(Options(8, 6, 8)));
  ASSERT_OK_AND_ASSIGN(Tensor input, Tensor::Create(DataType::kFloat32, {1, 3, 6, 8}));
  EXPECT_THAT(preprocessor->Run({}, InputFit::kModel, input.view()), StatusIs(kInvalid, HasSubstr("want pixels")));
  const Picture picture = Waves(20, 20);
  RgbImage image = picture.AsImage();
  image.original_width = 500;
  EXPECT_THAT(preprocessor->Run(image, InputFit::kModel, input.view()),
              StatusIs(kInvalid, HasSubstr("picture: width")));
}

TEST(Preprocessor, AsksTheDecoderForEnoughPixels) {
  ASSERT_OK_AND_ASSIGN(const auto preprocessor, Preprocessor::Create(Options(224, 200, 256)));
  EXPECT_EQ(preprocessor->MinSide(InputFit::kModel), 256);
  EXPECT_EQ(preprocessor->MinSide(InputFit::kNoResize), 0);
}

TEST(Preprocessor, TakesNoMemoryOnceItIsWarm) {
  const Picture wide = Waves(400, 300);
  const Picture high = Waves(333, 777);
  ASSERT_OK_AND_ASSIGN(const auto preprocessor, Preprocessor::Create({}));
  ASSERT_OK_AND_ASSIGN(Tensor input, Tensor::Create(DataType::kFloat32, {1, 3, 224, 224}));
  for (const Picture* picture : {&wide, &high}) {
    ASSERT_THAT(preprocessor->Run(picture->AsImage(), InputFit::kModel, input.view()), IsOk());
  }
  const int64_t before = AlignedBuffer::TotalCreated();
  for (const Picture* picture : {&wide, &high}) {
    ASSERT_THAT(preprocessor->Run(picture->AsImage(), InputFit::kModel, input.view()), IsOk());
  }
  EXPECT_EQ(AlignedBuffer::TotalCreated(), before);
}

TEST(Preprocessor, TakesTheMostExtremeShapes) {
  ASSERT_OK_AND_ASSIGN(const auto preprocessor, Preprocessor::Create({}));
  ASSERT_OK_AND_ASSIGN(Tensor input, Tensor::Create(DataType::kFloat32, {1, 3, 224, 224}));
  for (const auto& [width, height] : {std::pair<int64_t, int64_t>{1, 1}, {1, 32768}, {32768, 1}, {2, 3}}) {
    const Picture picture(width, height, {7, 77, 177});
    ASSERT_THAT(preprocessor->Run(picture.AsImage(), InputFit::kModel, input.view()), IsOk());
    for (int64_t i = 0; i < 3 * 224 * 224; i += 1001) {
      EXPECT_EQ(input.As<float>()[i], i < 224 * 224 ? 7 : i < 2 * 224 * 224 ? 77 : 177) << width << "x" << height;
    }
  }
}

TEST(PreprocessOptions, RefuseWhatMakesNoSense) {
  EXPECT_THAT(Options(224, 224, 256).Validate(), IsOk());
  EXPECT_THAT(Options(224, 224, 224).Validate(), IsOk());
  EXPECT_THAT(Options(0, 224, 256).Validate(), StatusIs(kInvalid, HasSubstr("width: want 1 to 16384, got 0")));
  EXPECT_THAT(Options(224, 1 << 20, 256).Validate(), StatusIs(kInvalid, HasSubstr("height: want 1 to 16384")));
  EXPECT_THAT(Options(224, 300, 256).Validate(),
              StatusIs(kInvalid, HasSubstr("want at least the input's 224x300, got 256")));
  PreprocessOptions options;
  options.std[1] = 0;
  EXPECT_THAT(options.Validate(), StatusIs(kInvalid, HasSubstr("std 1")));
  options = {};
  options.mean[2] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THAT(options.Validate(), StatusIs(kInvalid, HasSubstr("mean 2")));
  options = {};
  options.scale = 0;
  EXPECT_THAT(Preprocessor::Create(options), StatusIs(kInvalid, HasSubstr("scale")));
}

}  // namespace
}  // namespace onebyone
