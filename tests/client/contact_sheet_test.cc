#include "client/render/contact_sheet.h"

#include <gmock/gmock.h>

#include <map>
#include <opencv2/imgcodecs.hpp>

#include "tests/client/maps.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::IsOk;
using ::onebyone::testing::JpegOf;
using ::onebyone::testing::StatusIs;
using ::testing::HasSubstr;

// Two images, each the other's neighbour; a third that cannot be read.
ContactSheet SmallSheet() {
  return {
      .title = "t",
      .subtitle = "s",
      .rows = {{{0, "0.jpg", ""}, {1, "0.5", "1.jpg"}}, {{1, "1.jpg", ""}, {0, "0.5", "0.jpg"}, {2, "0.1", "2.jpg"}}}};
}

TEST(DrawContactSheet, ReadsEachImageOnceAndDrawsItWhereverItStands) {
  std::map<size_t, int> reads;
  const auto read = [&reads](size_t image) -> absl::StatusOr<std::string> {
    ++reads[image];
    if (image == 2) return absl::NotFoundError("gone");
    return JpegOf(cv::Mat(132, 176, CV_8UC3, image == 0 ? cv::Scalar(0, 0, 255) : cv::Scalar(255, 0, 0)));
  };
  ASSERT_OK_AND_ASSIGN(const std::string png, DrawContactSheet(SmallSheet(), read, "sheet.png"));
  EXPECT_EQ(reads, (std::map<size_t, int>{{0, 1}, {1, 1}, {2, 1}}));
  const cv::Mat sheet = cv::imdecode(std::vector<uint8_t>(png.begin(), png.end()), cv::IMREAD_COLOR);
  const auto is_red = [&sheet](int x, int y) { return sheet.at<cv::Vec3b>(y, x)[2] > 200; };
  const auto is_blue = [&sheet](int x, int y) { return sheet.at<cv::Vec3b>(y, x)[0] > 200; };
  EXPECT_TRUE(is_red(40 + 88, 108 + 66));              // the first row's query
  EXPECT_TRUE(is_blue(40 + 192 + 28 + 88, 108 + 66));  // and its neighbour
  EXPECT_TRUE(is_blue(40 + 88, 108 + 192 + 66));       // the second row's
  EXPECT_TRUE(is_red(40 + 192 + 28 + 88, 108 + 192 + 66));
  EXPECT_FALSE(is_red(40 + 2 * 192 + 28 + 88, 108 + 192 + 20));  // a grey tile
}

TEST(DrawContactSheet, IsPngOrJpegByItsEnding) {
  const auto read = [](size_t) { return absl::StatusOr<std::string>(absl::NotFoundError("gone")); };
  ASSERT_OK_AND_ASSIGN(const std::string jpeg, DrawContactSheet(SmallSheet(), read, "a/SHEET.JPG"));
  EXPECT_EQ(jpeg.substr(0, 2), "\xff\xd8");
  EXPECT_THAT(DrawContactSheet(SmallSheet(), read, "sheet.gif"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(".png, .jpg or .jpeg")));
  EXPECT_FALSE(IsSheetName("png"));
  EXPECT_TRUE(IsSheetName("sheet.jpeg"));
}

TEST(CheckContactSheet, TellsHowManyRowsWouldDo) {
  EXPECT_THAT(CheckContactSheet(40, 6), IsOk());
  const absl::Status refused = CheckContactSheet(10'000, 6);
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("rows of 6 pictures, got 10000")));
  size_t most = 0;
  ASSERT_EQ(sscanf(std::string(refused.message()).c_str(), "sheet: want at most %zu", &most), 1);
  EXPECT_THAT(CheckContactSheet(most, 6), IsOk());
  EXPECT_FALSE(CheckContactSheet(most + 1, 6).ok());
}

}  // namespace
}  // namespace onebyone
