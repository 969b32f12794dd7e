#include <gmock/gmock.h>

#include "tests/image/fitted.h"
#include "tests/testing/status_matchers.h"

// A bright dot of the photograph is found again in the network's input where InputToImage says.

namespace onebyone {
namespace {

using ::onebyone::testing::Fitted;
using ::onebyone::testing::Picture;

struct Point {
  double x = 0;
  double y = 0;
};

// The middle of what is bright.
Point Middle(const Picture& picture) {
  double sum = 0;
  Point middle;
  for (int64_t y = 0; y < picture.height(); ++y) {
    for (int64_t x = 0; x < picture.width(); ++x) {
      const double level = picture.at(x, y).green > 20 ? picture.at(x, y).green : 0;
      sum += level;
      middle.x += level * static_cast<double>(x);
      middle.y += level * static_cast<double>(y);
    }
  }
  EXPECT_GT(sum, 0);
  return {middle.x / sum, middle.y / sum};
}

Picture Dot(int64_t width, int64_t height, int64_t x, int64_t y) {
  Picture picture(width, height);
  for (int64_t row = y; row < y + 24; ++row) {
    for (int64_t column = x; column < x + 24; ++column) picture.at(column, row) = {255, 255, 255};
  }
  return picture;
}

class Geometry : public ::testing::TestWithParam<std::tuple<int, int64_t, ResizeFilter, InputFit>> {};

TEST_P(Geometry, FindsADotOfTheUprightOriginal) {
  const auto [orientation, min_side, filter, fit] = GetParam();
  // Sizes that 8 does not divide, and a dot far from the middle: what is left over at the far edge shows.
  const Picture stored = Dot(645, 517, 505, 381);
  const std::string encoded = testing::WithJpegSegment(testing::EncodeJpeg(stored), 0xE1, testing::Exif(orientation));
  const Picture upright = testing::DecodeAll(encoded);
  const Point expected = Middle(upright);

  const auto decoder = testing::MakeDecoder();
  ASSERT_OK_AND_ASSIGN(const RgbImage image, decoder->Decode(encoded, min_side));
  if (min_side == 64) {
    ASSERT_EQ(image.scale_down, 8);
  }
  PreprocessOptions options;
  options.width = 120;
  options.height = 112;
  options.resize_shorter_side = 128;
  options.filter = filter;
  InputToImage to_image;
  const Point found = Middle(Fitted(image, options, &to_image, fit));
  // A twentieth of a pixel of the input, or what the bilinear filter without antialias must miss.
  const double tolerance = filter == ResizeFilter::kBilinear ? 1.5 : 0.5;
  EXPECT_NEAR(to_image.xx * found.x + to_image.x0, expected.x, tolerance);
  EXPECT_NEAR(to_image.yy * found.y + to_image.y0, expected.y, tolerance);
}

INSTANTIATE_TEST_SUITE_P(Turned, Geometry,
                         ::testing::Combine(::testing::Range(1, 9), ::testing::Values(0, 256, 128, 64),
                                            ::testing::Values(ResizeFilter::kAntialias, ResizeFilter::kBilinear,
                                                              ResizeFilter::kArea),
                                            ::testing::Values(InputFit::kModel, InputFit::kSquash, InputFit::kLetterbox,
                                                              InputFit::kNative)));

TEST(InputToImage, KeepsTheMiddleOfThePixels) {
  const Picture picture = testing::Waves(200, 100);
  PreprocessOptions options;
  options.width = options.height = options.resize_shorter_side = 50;
  InputToImage to_image;
  Fitted(picture.AsImage(), options, &to_image);
  EXPECT_DOUBLE_EQ(to_image.xx, 2);
  EXPECT_DOUBLE_EQ(to_image.yy, 2);
  EXPECT_DOUBLE_EQ(to_image.x0, 50.5);  // input pixel 0 covers pixels 50 and 51
  EXPECT_DOUBLE_EQ(to_image.y0, 0.5);
}

TEST(InputToImage, OfAPictureThatFitsIsTheIdentity) {
  ASSERT_OK_AND_ASSIGN(const auto preprocessor, Preprocessor::Create({}));
  const Picture picture(224, 224);
  std::vector<float> memory(3 * 224 * 224);
  const TensorView input{DataType::kFloat32, {1, 3, 224, 224}, memory.data()};
  ASSERT_OK_AND_ASSIGN(const InputToImage mapping, preprocessor->Run(picture.AsImage(), InputFit::kNoResize, input));
  EXPECT_EQ(mapping.xx, 1);
  EXPECT_EQ(mapping.x0, 0);
  EXPECT_EQ(mapping.yy, 1);
  EXPECT_EQ(mapping.y0, 0);
}

}  // namespace
}  // namespace onebyone
