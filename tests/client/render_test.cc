#include <gmock/gmock.h>

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "absl/strings/str_join.h"
#include "client/render/activations.h"
#include "client/render/canvas.h"
#include "client/render/channel_bars.h"
#include "client/render/channel_grid.h"
#include "client/render/heat_map.h"
#include "client/render/photograph.h"
#include "client/render/view_sheet.h"
#include "tests/client/maps.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::GeometryOf;
using ::onebyone::testing::JpegOf;
using ::onebyone::testing::MapOf;
using ::onebyone::testing::StatusIs;
using ::testing::HasSubstr;

// How far each pixel differs between two pictures, over all colours.
cv::Mat Difference(const cv::Mat& a, const cv::Mat& b) {
  cv::Mat difference;
  cv::absdiff(a, b, difference);
  cv::transform(difference, difference, cv::Matx13f(1, 1, 1));
  difference.convertTo(difference, CV_32F);
  return difference;
}

struct HotCell {
  int x;
  int y;
};

class HeatOfACell : public ::testing::TestWithParam<HotCell> {};

// A 4x4 map of stride 16 on an input of 64x64 that was cut out of the middle of a 328x128 photograph at half scale,
// drawn at half size: the cell (x, y) is the square of 16 drawn pixels that begins at (50 + 16 x, 16 y).
TEST_P(HeatOfACell, LightsItsPlaceOnThePhotograph) {
  const cv::Mat photograph(64, 164, CV_8UC3, cv::Scalar(90, 120, 150));
  const MapPlacement placement =
      PlaceMap(MapOf({1, 4, 4}, std::vector<float>(16)).geometry(), {4, 4}, photograph.size());
  cv::Mat heat = cv::Mat::zeros(4, 4, CV_32F);
  const cv::Mat cold = DrawHeatMap(photograph, heat, placement);
  heat.at<float>(GetParam().y, GetParam().x) = 1;
  const cv::Mat lit = Difference(DrawHeatMap(photograph, heat, placement), cold);

  const cv::Rect cell(50 + 16 * GetParam().x, 16 * GetParam().y, 16, 16);
  EXPECT_GT(cv::mean(lit(cell))[0], 50);
  cv::Mat outside = lit.clone();
  const cv::Rect neighbours(cell.x - 9, cell.y - 9, cell.width + 18, cell.height + 18);
  outside(neighbours & cv::Rect({0, 0}, lit.size())).setTo(0);
  EXPECT_EQ(cv::countNonZero(outside), 0);
  cv::Point hottest;
  cv::minMaxLoc(lit, nullptr, nullptr, nullptr, &hottest);
  EXPECT_TRUE(cell.contains(hottest)) << hottest;
}
INSTANTIATE_TEST_SUITE_P(All, HeatOfACell,
                         ::testing::Values(HotCell{0, 0}, HotCell{3, 0}, HotCell{0, 3}, HotCell{2, 1}, HotCell{3, 3}));

TEST(DrawHeatMap, LeavesWhatTheNetworkDidNotSee) {
  cv::Mat photograph(64, 164, CV_8UC3);
  cv::randu(photograph, 0, 255);
  const MapPlacement placement =
      PlaceMap(MapOf({1, 4, 4}, std::vector<float>(16)).geometry(), {4, 4}, photograph.size());
  EXPECT_EQ(placement.covered, cv::Rect(50, 0, 64, 64));
  const cv::Mat lit = Difference(DrawHeatMap(photograph, cv::Mat::ones(4, 4, CV_32F), placement), photograph);
  EXPECT_EQ(cv::countNonZero(lit(cv::Rect(0, 0, 50, 64))), 0);
  EXPECT_EQ(cv::countNonZero(lit(cv::Rect(114, 0, 50, 64))), 0);
  EXPECT_GT(cv::mean(lit(placement.covered))[0], 50);
}

// Cells that begin late and end early, as those of a network without padding.
TEST(PlaceMap, EndsWhereTheCellsEnd) {
  const MapPlacement placement = PlaceMap(GeometryOf(8, 15.5, 64, 1, 0, 0, {64, 64}), {3, 3}, {64, 64});
  EXPECT_EQ(placement.covered, cv::Rect(12, 12, 24, 24));
}

// Of a letterboxed picture the input is larger than the photograph; of a pooled map the cells are.
TEST(PlaceMap, EndsWhereThePhotographEnds) {
  const MapPlacement placement = PlaceMap(GeometryOf(32, 15.5, 64, 1, 0, -20, {64, 24}), {2, 2}, {64, 24});
  EXPECT_EQ(placement.covered, cv::Rect(0, 0, 64, 24));
  EXPECT_NEAR(placement.y.CellAt(0), (20 - 15.5) / 32, 1e-9);
}

TEST(PlaceMap, IsEmptyForAMapBesideThePhotograph) {
  EXPECT_TRUE(PlaceMap(GeometryOf(8, 3.5, 64, 1, 1000, 0, {64, 64}), {8, 8}, {64, 64}).covered.empty());
}

TEST(CheckGeometry, RefusesWhatLiesNowhere) {
  v1::Geometry geometry = GeometryOf(8, 3.5, 64, 1, 0, 0, {64, 64});
  EXPECT_THAT(CheckGeometry(geometry), testing::IsOk());
  geometry.set_stride_x(0);
  EXPECT_THAT(CheckGeometry(geometry), StatusIs(absl::StatusCode::kInternal, HasSubstr("stride_x")));
  geometry.set_stride_x(8);
  geometry.set_offset_y(NAN);
  EXPECT_THAT(CheckGeometry(geometry), StatusIs(absl::StatusCode::kInternal, HasSubstr("offset_y")));
}

// After global pooling a map has one cell and no stride.
TEST(GeometryOfCells, GivesASingleCellTheWholeInput) {
  v1::Geometry geometry = GeometryOf(0, 31.5, 64, 2, 100.5, 0.5, {328, 128});
  ASSERT_OK_AND_ASSIGN(const v1::Geometry whole, GeometryOfCells(geometry, {1, 1}));
  EXPECT_EQ(PlaceMap(whole, {1, 1}, {164, 64}).covered, cv::Rect(50, 0, 64, 64));
  EXPECT_THAT(GeometryOfCells(geometry, {2, 1}), StatusIs(absl::StatusCode::kInternal, HasSubstr("stride_x")));
}

struct GridCase {
  int channels;
  cv::Size cells;
};
class Grid : public ::testing::TestWithParam<GridCase> {};

TEST_P(Grid, HoldsEveryTileOnceInsideItsArea) {
  const cv::Size area(1000, 960);
  const GridPlan plan = PlanGrid(GetParam().channels, GetParam().cells, area);
  EXPECT_LE(plan.size().width, area.width + 1);
  EXPECT_LE(plan.size().height, area.height + 1);
  EXPECT_GE(plan.columns * plan.rows, GetParam().channels);
  for (int c = 1; c < GetParam().channels; ++c) {
    EXPECT_TRUE((plan.TileOf(c) & plan.TileOf(c - 1)).empty()) << c;
    EXPECT_EQ(plan.TileOf(c) & cv::Rect({0, 0}, plan.size()), plan.TileOf(c)) << c;
  }
}
INSTANTIATE_TEST_SUITE_P(All, Grid,
                         ::testing::Values(GridCase{1, {28, 28}}, GridCase{2, {7, 7}}, GridCase{64, {112, 112}},
                                           GridCase{256, {28, 28}}, GridCase{1024, {7, 7}}, GridCase{4096, {1, 1}},
                                           GridCase{3, {2000, 10}}, GridCase{17, {10, 500}}));

TEST(DrawChannelGrid, ScalesEachChannelToItsOwnRange) {
  const auto activations = ActivationsOf(MapOf({2, 1, 2}, {0, 1, -500, 1000}));
  ASSERT_THAT(activations, testing::IsOk());
  const GridPlan plan = PlanGrid(2, {2, 1}, {400, 400});
  const cv::Mat picture = DrawChannelGrid(*activations, {400, 400});
  const cv::Rect first = plan.TileOf(0);
  const cv::Rect second = plan.TileOf(1);
  for (const double share : {0.3, 0.8}) {  // one pixel of each cell, below the label
    const cv::Point within(static_cast<int>(first.width * share), first.height - 2);
    EXPECT_EQ(picture.at<cv::Vec3b>(first.tl() + within), picture.at<cv::Vec3b>(second.tl() + within));
  }
  EXPECT_NE(picture.at<cv::Vec3b>(first.br() - cv::Point(2, 2)),
            picture.at<cv::Vec3b>(first.tl() + cv::Point(2, first.height - 2)));
}

TEST(Activations, TakeWhatIsNotFiniteForZero) {
  const auto activations = ActivationsOf(MapOf({2, 1, 2}, {NAN, INFINITY, 3, -4}));
  ASSERT_THAT(activations, testing::IsOk());
  const cv::Mat mean = MeanMagnitude(*activations);
  EXPECT_FLOAT_EQ(mean.at<float>(0, 0), 1.5);
  EXPECT_FLOAT_EQ(mean.at<float>(0, 1), 2);
}

TEST(ChannelBars, StandWhereTheValuesAre) {
  const auto vector = ActivationsOf(MapOf({4}, {0, 2, 0, -1}));
  ASSERT_THAT(vector, testing::IsOk());
  const cv::Mat bars = DrawChannelBars(*vector, {464, 300});
  const cv::Mat quiet = DrawChannelBars(*ActivationsOf(MapOf({4}, {0, 0, 0, -1})), {464, 300});
  // The second of four bars, near the top; not in the first or third.
  const cv::Vec3b bar = bars.at<cv::Vec3b>(20, 64 + 150);
  EXPECT_NE(bar, quiet.at<cv::Vec3b>(200, 64 + 50));
  EXPECT_NE(bar, bars.at<cv::Vec3b>(20, 64 + 50));
  EXPECT_NE(bar, bars.at<cv::Vec3b>(20, 64 + 250));
}

class Sheet : public ::testing::TestWithParam<std::vector<int64_t>> {};

TEST_P(Sheet, IsAPictureWhateverTheShape) {
  int64_t elements = 1;
  for (const int64_t extent : GetParam()) elements *= extent;
  std::vector<float> values(static_cast<size_t>(elements));
  for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i * 7919 % 1000);
  const std::string photograph = JpegOf(cv::Mat(128, 328, CV_8UC3, cv::Scalar(90, 120, 150)));
  ASSERT_OK_AND_ASSIGN(const std::string png, DrawViewSheet(photograph, MapOf(GetParam(), values),
                                                            {.model = "fake", .version = 1, .image_name = "über.jpg"}));
  const cv::Mat sheet = cv::imdecode(std::vector<uint8_t>(png.begin(), png.end()), cv::IMREAD_COLOR);
  ASSERT_FALSE(sheet.empty());
  EXPECT_GT(sheet.cols, 600);
  EXPECT_LE(sheet.cols, 1700);
  EXPECT_LE(sheet.rows, 1200);
}
INSTANTIATE_TEST_SUITE_P(All, Sheet,
                         ::testing::Values(std::vector<int64_t>{1, 1, 1}, std::vector<int64_t>{1, 4, 4},
                                           std::vector<int64_t>{256, 28, 28}, std::vector<int64_t>{1024, 7, 7},
                                           std::vector<int64_t>{5000, 1, 2}, std::vector<int64_t>{1, 2000, 1},
                                           std::vector<int64_t>{1}, std::vector<int64_t>{3},
                                           std::vector<int64_t>{5000}));

TEST(DrawViewSheet, RefusesWhatItCannotDraw) {
  EXPECT_THAT(DrawViewSheet("no picture", MapOf({1, 1, 1}, {1}), {}), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(DrawViewSheet("", MapOf({1, 1, 1}, {1}), {}), StatusIs(absl::StatusCode::kInvalidArgument));
  const std::string photograph = JpegOf(cv::Mat(8, 8, CV_8UC3, cv::Scalar(1, 2, 3)));
  v1::FeatureMap map = MapOf({1, 1, 1}, {1});
  map.set_layout(v1::HWC);
  EXPECT_THAT(DrawViewSheet(photograph, map, {}), StatusIs(absl::StatusCode::kInternal, HasSubstr("HWC")));
}

TEST(FitInto, KeepsTheAspectRatioAndEnlargesLittle) {
  EXPECT_EQ(FitInto(cv::Mat(3000, 4000, CV_8UC3), {560, 400}).size(), cv::Size(533, 400));
  EXPECT_EQ(FitInto(cv::Mat(10, 20, CV_8UC3), {560, 400}).size(), cv::Size(80, 40));
  EXPECT_EQ(FitInto(cv::Mat(1, 30000, CV_8UC3), {560, 400}).size(), cv::Size(560, 1));
}

TEST(WrapText, BreaksAtSpacesAndKeepsEveryWord) {
  const TextStyle style;
  EXPECT_EQ(WrapText("short", style, 500), std::vector<std::string>{"short"});
  const std::vector<std::string> lines =
      WrapText("one two three four five six", style, TextWidth("one two three", style));
  EXPECT_EQ(absl::StrJoin(lines, " "), "one two three four five six");
  EXPECT_GT(lines.size(), 1U);
  for (const std::string& line : lines) EXPECT_LE(TextWidth(line, style), TextWidth("one two three", style)) << line;
  EXPECT_THAT(WrapText("", style, 10), ::testing::IsEmpty());
}

TEST(DecodeThumbnail, IsTheWholePictureMadeSmall) {
  cv::Mat photograph(1200, 1600, CV_8UC3);
  for (int y = 0; y < photograph.rows; ++y)
    photograph.row(y).setTo(cv::Scalar(y * 255 / 1200, 90, 255 - y * 255 / 1200));
  for (const cv::Size area : {cv::Size(176, 132), cv::Size(300, 300), cv::Size(700, 700), cv::Size(1500, 1500)}) {
    ASSERT_OK_AND_ASSIGN(const cv::Mat thumbnail, DecodeThumbnail(JpegOf(photograph), area));
    const cv::Mat wanted = FitInto(photograph, area);
    ASSERT_EQ(thumbnail.size(), wanted.size());
    EXPECT_LT(cv::norm(thumbnail, wanted, cv::NORM_L1) / static_cast<double>(wanted.total() * 3), 3) << area;
  }
  EXPECT_THAT(DecodeThumbnail("no picture", {10, 10}), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(CutText, EndsWhatIsTooLongWithDots) {
  const TextStyle style;
  EXPECT_EQ(CutText("short", style, 500), "short");
  const std::string cut = CutText(std::string(1000, 'w'), style, 100);
  EXPECT_THAT(cut, ::testing::EndsWith("w..."));
  EXPECT_LE(TextWidth(cut, style), 100);
}

}  // namespace
}  // namespace onebyone
