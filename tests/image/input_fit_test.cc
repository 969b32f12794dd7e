#include <gmock/gmock.h>

#include <opencv2/imgproc.hpp>
#include <vector>

#include "engine/image/fitted_size.h"
#include "engine/tensor/tensor.h"
#include "tests/image/encoded.h"
#include "tests/testing/status_matchers.h"

// Pictures squashed, letterboxed and left as they are, beside OpenCV.

namespace onebyone {
namespace {

using ::onebyone::testing::Picture;
using ::onebyone::testing::StatusIs;
using ::onebyone::testing::Waves;
using ::testing::HasSubstr;

cv::Mat AsMat(const Picture& picture) {
  return {static_cast<int>(picture.height()), static_cast<int>(picture.width()), CV_8UC3,
          const_cast<uint8_t*>(picture.bytes())};
}

PreprocessOptions Options(ResizeFilter filter) {
  PreprocessOptions options;
  options.width = 96;
  options.height = 80;
  options.resize_shorter_side = 112;
  options.filter = filter;
  options.mean = {120, 110, 100};
  options.std = {2, 4, 5};
  return options;
}

Tensor Preprocessed(const Picture& picture, const PreprocessOptions& options, InputFit fit, const Shape& shape) {
  Tensor input = *Tensor::Create(DataType::kFloat32, shape);
  // What an earlier picture has left there must not show.
  std::fill(input.As<float>(), input.As<float>() + input.elements(), 1e9F);
  EXPECT_THAT((*Preprocessor::Create(options))->Run(picture.AsImage(), fit, input.view()), testing::IsOk());
  return input;
}

// `levels` grey levels apart at the most from `wanted` (interleaved pixels), and the mean where `wanted` has none.
void ExpectPixels(const Tensor& input, const PreprocessOptions& options, const cv::Mat& wanted, const cv::Mat& is_pixel,
                  float levels) {
  const int64_t plane = int64_t{wanted.rows} * wanted.cols;
  for (int y = 0; y < wanted.rows; ++y) {
    for (int x = 0; x < wanted.cols; ++x) {
      for (int channel = 0; channel < 3; ++channel) {
        const float got = input.As<float>()[channel * plane + int64_t{y} * wanted.cols + x];
        if (is_pixel.at<uint8_t>(y, x) == 0) {
          ASSERT_EQ(got, 0.0F) << x << ", " << y;
        } else {
          const float level = got * options.std[channel] + options.mean[channel];
          ASSERT_NEAR(level, wanted.at<cv::Vec3b>(y, x)[channel], levels + 0.01F) << x << ", " << y;
        }
      }
    }
  }
}

struct Case {
  int64_t width;
  int64_t height;
};

class BesideOpencv : public ::testing::TestWithParam<std::tuple<ResizeFilter, Case>> {
 protected:
  int Interpolation() const {
    return std::get<0>(GetParam()) == ResizeFilter::kArea ? cv::INTER_AREA : cv::INTER_LINEAR;
  }
  const PreprocessOptions options_ = Options(std::get<0>(GetParam()));
  const Picture picture_ = Waves(std::get<1>(GetParam()).width, std::get<1>(GetParam()).height);
  const Shape shape_ = {1, 3, 80, 96};
};

TEST_P(BesideOpencv, SquashIsAResize) {
  cv::Mat wanted;
  cv::resize(AsMat(picture_), wanted, cv::Size(96, 80), 0, 0, Interpolation());
  const Tensor input = Preprocessed(picture_, options_, InputFit::kSquash, shape_);
  ExpectPixels(input, options_, wanted, cv::Mat::ones(80, 96, CV_8UC1), 1);
}

TEST_P(BesideOpencv, LetterboxIsAResizeWithABorder) {
  const double scale =
      std::min(96.0 / static_cast<double>(picture_.width()), 80.0 / static_cast<double>(picture_.height()));
  const int width = std::max(1, static_cast<int>(std::lround(static_cast<double>(picture_.width()) * scale)));
  const int height = std::max(1, static_cast<int>(std::lround(static_cast<double>(picture_.height()) * scale)));
  cv::Mat resized;
  cv::resize(AsMat(picture_), resized, cv::Size(width, height), 0, 0, Interpolation());
  const int left = (96 - width) / 2;
  const int top = (80 - height) / 2;
  cv::Mat wanted;
  cv::Mat is_pixel;
  cv::copyMakeBorder(resized, wanted, top, 80 - height - top, left, 96 - width - left, cv::BORDER_CONSTANT);
  cv::copyMakeBorder(cv::Mat::ones(height, width, CV_8UC1), is_pixel, top, 80 - height - top, left, 96 - width - left,
                     cv::BORDER_CONSTANT);
  const Tensor input = Preprocessed(picture_, options_, InputFit::kLetterbox, shape_);
  ExpectPixels(input, options_, wanted, is_pixel, 1);
}

// Shrunk, grown, as large already, and so thin that a side would vanish.
INSTANTIATE_TEST_SUITE_P(Sizes, BesideOpencv,
                         ::testing::Combine(::testing::Values(ResizeFilter::kBilinear, ResizeFilter::kArea),
                                            ::testing::Values(Case{301, 200}, Case{200, 333}, Case{40, 30},
                                                              Case{31, 70}, Case{96, 80}, Case{700, 2}, Case{3, 500})));

TEST(NativeFit, IsTheMiddleOfThePicture) {
  const Picture picture = Waves(75, 70);
  const PreprocessOptions options = Options(ResizeFilter::kAntialias);
  const Tensor input = Preprocessed(picture, options, InputFit::kNative, {1, 3, 64, 64});
  // 11 columns are left over: 5.5 are 6 by rounding half to even, as the centre crop of torchvision; 6 rows: 3.
  ExpectPixels(input, options, AsMat(picture)(cv::Rect(6, 3, 64, 64)), cv::Mat::ones(64, 64, CV_8UC1), 0);
}

TEST(NativeFit, WantsNoMoreThanThePictureHas) {
  Tensor input = *Tensor::Create(DataType::kFloat32, {1, 3, 64, 96});
  const auto preprocessor = *Preprocessor::Create({});
  EXPECT_THAT(preprocessor->Run(Waves(75, 70).AsImage(), InputFit::kNative, input.view()),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("at least the input's size 96x64, got 75x70")));
}

TEST(MinSide, LeavesAsManyPixelsAsAnyFitNeeds) {
  const auto preprocessor = *Preprocessor::Create(Options(ResizeFilter::kAntialias));
  EXPECT_EQ(preprocessor->MinSide(InputFit::kModel), 112);
  EXPECT_EQ(preprocessor->MinSide(InputFit::kSquash), 96);
  EXPECT_EQ(preprocessor->MinSide(InputFit::kLetterbox), 96);
  EXPECT_EQ(preprocessor->MinSide(InputFit::kNative), 0);
}

}  // namespace
}  // namespace onebyone
