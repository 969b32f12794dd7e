#include <gmock/gmock.h>

#include <opencv2/imgproc.hpp>

#include "engine/image/separable_resize.h"
#include "tests/image/fitted.h"
#include "tests/testing/status_matchers.h"

// The filters beside OpenCV's; pillow_test has the one that is Pillow's.

namespace onebyone {
namespace {

using ::onebyone::testing::Fitted;
using ::onebyone::testing::Picture;
using ::onebyone::testing::TorchvisionCrop;
using ::onebyone::testing::TorchvisionSize;
using ::onebyone::testing::Waves;

struct Sizes {
  int64_t width;
  int64_t height;
  int64_t shorter;
  int64_t input_width;
  int64_t input_height;
};

void PrintTo(const Sizes& sizes, std::ostream* out) {
  *out << sizes.width << "x" << sizes.height << " to " << sizes.shorter << ", cut to " << sizes.input_width << "x"
       << sizes.input_height;
}

class AsOpencv : public ::testing::TestWithParam<std::tuple<ResizeFilter, Sizes>> {};

TEST_P(AsOpencv, ToWithinOneGreyLevel) {
  const auto& [filter, sizes] = GetParam();
  const Picture whole = Waves(sizes.width, sizes.height);
  const auto [width, height] = TorchvisionSize(sizes.width, sizes.height, sizes.shorter);
  cv::Mat resized;
  cv::resize(cv::Mat(static_cast<int>(sizes.height), static_cast<int>(sizes.width), CV_8UC3,
                     const_cast<uint8_t*>(whole.bytes())),
             resized, cv::Size(static_cast<int>(width), static_cast<int>(height)), 0, 0,
             filter == ResizeFilter::kArea ? cv::INTER_AREA : cv::INTER_LINEAR);
  const int64_t left = TorchvisionCrop(width, sizes.input_width);
  const int64_t top = TorchvisionCrop(height, sizes.input_height);
  Picture expected(sizes.input_width, sizes.input_height);
  for (int64_t y = 0; y < sizes.input_height; ++y) {
    for (int64_t x = 0; x < sizes.input_width; ++x) {
      const auto& pixel = resized.at<cv::Vec3b>(static_cast<int>(top + y), static_cast<int>(left + x));
      expected.at(x, y) = {pixel[0], pixel[1], pixel[2]};
    }
  }
  PreprocessOptions options;
  options.width = sizes.input_width;
  options.height = sizes.input_height;
  options.resize_shorter_side = sizes.shorter;
  options.filter = filter;
  EXPECT_LE(testing::LargestDifference(Fitted(whole.AsImage(), options), expected), 1);
}

INSTANTIATE_TEST_SUITE_P(
    Filters, AsOpencv,
    ::testing::Combine(::testing::Values(ResizeFilter::kBilinear, ResizeFilter::kArea),
                       ::testing::Values(Sizes{640, 427, 256, 224, 224}, Sizes{427, 641, 256, 224, 224},
                                         Sizes{512, 512, 256, 224, 224}, Sizes{100, 75, 256, 224, 224},
                                         Sizes{256, 256, 256, 224, 224}, Sizes{301, 299, 299, 299, 299},
                                         Sizes{7, 5, 64, 60, 50}, Sizes{1000, 90, 64, 33, 64},
                                         Sizes{1024, 768, 256, 255, 201})));

TEST(SeparableResize, ReadsNothingBehindThePicture) {
  // An exact copy on the heap: a sanitizer sees every byte that is read beyond it.
  const Picture source = Waves(33, 21);
  const std::vector<uint8_t> pixels(source.bytes(), source.bytes() + source.byte_count());
  PreprocessOptions options;
  options.width = options.height = options.resize_shorter_side = 16;
  RgbImage image = source.AsImage();
  const Picture expected = Fitted(image, options);
  image.pixels = pixels.data();
  EXPECT_EQ(testing::LargestDifference(Fitted(image, options), expected), 0);
}

TEST(SeparableResize, LeavesAPictureOfTheRightSizeAsItIs) {
  const Picture picture = Waves(64, 48);
  PreprocessOptions options;
  options.width = 48;
  options.height = 48;
  options.resize_shorter_side = 48;
  for (const ResizeFilter filter : {ResizeFilter::kAntialias, ResizeFilter::kBilinear, ResizeFilter::kArea}) {
    options.filter = filter;
    const Picture fitted = Fitted(picture.AsImage(), options);
    for (int64_t y = 0; y < 48; ++y) {
      for (int64_t x = 0; x < 48; ++x) ASSERT_EQ(fitted.at(x, y), picture.at(x + 8, y));
    }
  }
}

}  // namespace
}  // namespace onebyone
