#include "engine/image/image_decoder.h"

#include <gmock/gmock.h>

#include <opencv2/imgproc.hpp>

#include "engine/tensor/aligned_buffer.h"
#include "tests/image/encoded.h"
#include "tests/image/encoded_png.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::IsOk;
using ::onebyone::testing::Picture;
using ::onebyone::testing::StatusIs;
using ::onebyone::testing::Waves;

// Where pixel (x, y) of the upright picture lies in the stored one, told from the definition: row 0 and column 0 of the
// stored picture are the visual (1) top, left; (2) top, right; (3) bottom, right; (4) bottom, left; (5) left, top; (6)
// right, top; (7) right, bottom; (8) left, bottom.
Picture TurnedByDefinition(const Picture& stored, int orientation) {
  const int64_t width = stored.width();
  const int64_t height = stored.height();
  Picture upright(orientation >= 5 ? height : width, orientation >= 5 ? width : height);
  for (int64_t row = 0; row < height; ++row) {
    for (int64_t column = 0; column < width; ++column) {
      const bool row_from_end = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
      const bool column_from_end = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
      const int64_t r = row_from_end ? height - 1 - row : row;
      const int64_t c = column_from_end ? width - 1 - column : column;
      (orientation >= 5 ? upright.at(r, c) : upright.at(c, r)) = stored.at(column, row);
    }
  }
  return upright;
}

class Turned : public ::testing::TestWithParam<int> {};

TEST_P(Turned, ByExifOrientationComesOutUpright) {
  const std::string stored = testing::EncodeJpeg(Waves(77, 45));
  const std::string turned = testing::WithJpegSegment(stored, 0xE1, testing::Exif(GetParam()));
  for (const int64_t min_side : {0, 20}) {
    const auto decoder = testing::MakeDecoder();
    ASSERT_OK_AND_ASSIGN(const RgbImage plain, decoder->Decode(stored, min_side));
    const Picture expected = TurnedByDefinition(Picture(plain), GetParam());
    ASSERT_OK_AND_ASSIGN(const RgbImage upright, decoder->Decode(turned, min_side));
    EXPECT_EQ(testing::LargestDifference(Picture(upright), expected), 0);
    EXPECT_EQ(upright.original_width, GetParam() >= 5 ? 45 : 77);
    EXPECT_EQ(upright.original_height, GetParam() >= 5 ? 77 : 45);
  }
}

INSTANTIATE_TEST_SUITE_P(Orientations, Turned, ::testing::Range(1, 9));

TEST(ImageDecoder, TakesTheFirstExifBlockOnly) {
  const std::string jpeg = testing::EncodeJpeg(Waves(30, 20));
  const std::string twice =
      testing::WithJpegSegment(testing::WithJpegSegment(jpeg, 0xE1, testing::Exif(6)), 0xE1, testing::Exif(1));
  ASSERT_OK_AND_ASSIGN(const ImageHeader header, ProbeImage(twice, {}));
  EXPECT_EQ(header.orientation, 1);
}

struct Scale {
  int64_t min_side;
  int64_t scale_down;
};

class Scaled : public ::testing::TestWithParam<Scale> {};

// The shorter side is 403: 202 at 1/2, 101 at 1/4, 51 at 1/8.
TEST_P(Scaled, JpegIsAsSmallAsItMayBe) {
  const auto decoder = testing::MakeDecoder();
  ASSERT_OK_AND_ASSIGN(const RgbImage image,
                       decoder->Decode(testing::EncodeJpeg(Waves(601, 403)), GetParam().min_side));
  EXPECT_EQ(image.scale_down, GetParam().scale_down);
  EXPECT_EQ(image.width, (601 + image.scale_down - 1) / image.scale_down);
  EXPECT_EQ(image.height, (403 + image.scale_down - 1) / image.scale_down);
  EXPECT_EQ(image.original_width, 601);
  EXPECT_EQ(image.original_height, 403);
}

TEST_P(Scaled, JpegShowsWhatTheWholeShowsWhenShrunk) {
  const std::string encoded = testing::EncodeJpeg(Waves(608, 400));
  const auto decoder = testing::MakeDecoder();
  const Picture whole = testing::DecodeAll(encoded);
  ASSERT_OK_AND_ASSIGN(const RgbImage image, decoder->Decode(encoded, GetParam().min_side));
  Picture shrunk(image.width, image.height);
  cv::Mat to(static_cast<int>(image.height), static_cast<int>(image.width), CV_8UC3,
             const_cast<uint8_t*>(shrunk.bytes()));
  cv::resize(cv::Mat(400, 608, CV_8UC3, const_cast<uint8_t*>(whole.bytes())), to, to.size(), 0, 0, cv::INTER_AREA);
  EXPECT_LT(testing::MeanDifference(Picture(image), shrunk), 2);
}

INSTANTIATE_TEST_SUITE_P(Scales, Scaled,
                         ::testing::Values(Scale{0, 1}, Scale{403, 1}, Scale{203, 1}, Scale{200, 2}, Scale{102, 2},
                                           Scale{100, 4}, Scale{52, 4}, Scale{50, 8}, Scale{1, 8}));

TEST(ImageDecoder, ScalesNothingButJpeg) {
  const auto decoder = testing::MakeDecoder();
  for (const std::string& encoded : {testing::EncodePng(Waves(64, 64)), testing::EncodeBmp(Waves(64, 64))}) {
    ASSERT_OK_AND_ASSIGN(const RgbImage image, decoder->Decode(encoded, /*min_side=*/8));
    EXPECT_EQ(image.width, 64);
    EXPECT_EQ(image.scale_down, 1);
  }
}

TEST(ImageDecoder, WantsNoNegativeSide) {
  EXPECT_THAT(testing::MakeDecoder()->Decode(testing::EncodePng(Waves(8, 8)), -1),
              StatusIs(absl::StatusCode::kInvalidArgument, ::testing::HasSubstr("min_side")));
}

TEST(ImageDecoder, GivesLosslessPicturesBackToTheBit) {
  const Picture picture = Waves(83, 61);
  EXPECT_EQ(testing::LargestDifference(testing::DecodeAll(testing::EncodePng(picture)), picture), 0);
  EXPECT_EQ(testing::LargestDifference(testing::DecodeAll(testing::EncodeBmp(picture)), picture), 0);
}

TEST(ImageDecoder, TakesNoPixelMemoryOnceItIsWarm) {
  const std::string turned = testing::WithJpegSegment(testing::EncodeJpeg(Waves(320, 240)), 0xE1, testing::Exif(6));
  const std::vector<std::string> images = {turned,
                                           testing::EncodePng(Waves(320, 240)),
                                           testing::EncodeWebp(Waves(320, 240), false),
                                           testing::EncodeBmp(Waves(320, 240)),
                                           testing::EncodeJpeg(Waves(100, 300), 90, /*progressive=*/true),
                                           testing::EncodePng(Waves(10, 20))};
  const auto decoder = testing::MakeDecoder();
  for (const std::string& image : images) ASSERT_THAT(decoder->Decode(image), IsOk());
  const int64_t before = AlignedBuffer::TotalCreated();
  for (const std::string& image : images) ASSERT_THAT(decoder->Decode(image), IsOk());
  EXPECT_EQ(AlignedBuffer::TotalCreated(), before);
}

TEST(PixelMemory, IsAskedForBeforeItGrowsAndKeptForTheNextImage) {
  std::vector<int64_t> asked;
  ASSERT_OK_AND_ASSIGN(const auto decoder, ImageDecoder::Create({.limits = {}, .may_hold = [&](int64_t bytes) {
                                                                   asked.push_back(bytes);
                                                                   return bytes > 3 * 1000 * 1000
                                                                              ? absl::CancelledError("too much")
                                                                              : absl::OkStatus();
                                                                 }}));
  const std::string small = testing::EncodeJpeg(Waves(40, 30));
  const std::string turned = testing::WithJpegSegment(small, 0xE1, testing::Exif(6));
  ASSERT_THAT(decoder->Decode(small).status(), IsOk());
  EXPECT_THAT(asked, ::testing::ElementsAre(3 * 40 * 30));
  ASSERT_THAT(decoder->Decode(small).status(), IsOk());
  EXPECT_EQ(asked.size(), 1U);
  ASSERT_THAT(decoder->Decode(turned).status(), IsOk());
  EXPECT_EQ(asked.back(), 2 * 3 * 40 * 30);
  EXPECT_GE(decoder->held_bytes(), asked.back());
  EXPECT_THAT(decoder->Decode(testing::EncodeJpeg(Waves(1200, 1000))).status(), StatusIs(absl::StatusCode::kCancelled));
  EXPECT_EQ(decoder->held_bytes(), 0) << "given up before more was asked for";
  ASSERT_THAT(decoder->Decode(small).status(), IsOk());
  decoder->Free();
  EXPECT_EQ(decoder->held_bytes(), 0);
}

// Two bytes for each coefficient: 4:2:0 has 6 blocks for each 16x16 pixels, and whole units of them.
TEST(PixelMemory, OfAJpegInSeveralScansCountsItsCoefficients) {
  std::vector<int64_t> asked;
  ASSERT_OK_AND_ASSIGN(const auto decoder, ImageDecoder::Create({.limits = {}, .may_hold = [&](int64_t bytes) {
                                                                   asked.push_back(bytes);
                                                                   return absl::OkStatus();
                                                                 }}));
  const std::string progressive = testing::EncodeJpeg(Waves(170, 100), 90, /*progressive=*/true);
  ASSERT_THAT(decoder->Decode(progressive).status(), IsOk());
  const int64_t coefficients = int64_t{11} * 7 * 6 * 64 * 2;
  EXPECT_THAT(asked, ::testing::ElementsAre(3 * 170 * 100 + coefficients));
  ASSERT_THAT(decoder->Decode(progressive, /*min_side=*/12).status(), IsOk());
  EXPECT_EQ(asked.back(), 3 * 22 * 13 + coefficients) << "at 1/8 there are as many";
  EXPECT_LT(decoder->held_bytes(), coefficients) << "not kept";
}

TEST(PixelMemory, OfAPngAndAWebpCountsTheSamplesThatTheirReaderWrites) {
  std::vector<int64_t> asked;
  ASSERT_OK_AND_ASSIGN(const auto decoder, ImageDecoder::Create({.limits = {}, .may_hold = [&](int64_t bytes) {
                                                                   asked.push_back(bytes);
                                                                   return absl::OkStatus();
                                                                 }}));
  testing::PngParts deep;
  deep.width = 30;
  deep.height = 20;
  deep.depth = 16;
  deep.color = 6;
  for (int i = 0; i < 30 * 20 * 4; ++i) deep.samples.push_back(i);
  const std::string deep_png = testing::EncodePng(deep);
  ASSERT_THAT(decoder->Decode(deep_png).status(), IsOk());
  EXPECT_THAT(asked, ::testing::ElementsAre((3 + 8) * 30 * 20));
  EXPECT_GE(decoder->held_bytes(), asked.back());
  ASSERT_THAT(decoder->Decode(deep_png).status(), IsOk());
  EXPECT_EQ(asked.size(), 1U) << "kept for the next one";
  decoder->Free();
  EXPECT_EQ(decoder->held_bytes(), 0);
  ASSERT_THAT(decoder->Decode(testing::EncodePng(Waves(30, 20))).status(), IsOk());
  EXPECT_EQ(asked.back(), (3 + 3) * 30 * 20);
  ASSERT_THAT(decoder->Decode(testing::EncodeWebp(Waves(40, 30), /*lossless=*/false)).status(), IsOk());
  EXPECT_EQ(asked.back(), (3 + 3) * 40 * 30);
  ASSERT_THAT(decoder->Decode(testing::EncodeWebp(Waves(40, 30), /*lossless=*/true)).status(), IsOk());
  EXPECT_EQ(asked.back(), (3 + 3 + 4) * 40 * 30) << "and what libwebp unpacks it into";
}

TEST(ImageDecoder, StopsAtTheRowsWhereItIsTold) {
  for (const bool progressive : {false, true}) {
    int asked = 0;
    int most = 1 << 30;
    ASSERT_OK_AND_ASSIGN(const auto decoder, ImageDecoder::Create({.limits = {}, .may_go_on = [&] {
                                                                     return ++asked < most
                                                                                ? absl::OkStatus()
                                                                                : absl::CancelledError("gone");
                                                                   }}));
    const std::string encoded = testing::EncodeJpeg(Waves(320, 240), 90, progressive);
    ASSERT_THAT(decoder->Decode(encoded).status(), IsOk());
    EXPECT_GE(asked, progressive ? 60 : 15) << "once for each row of blocks, of each scan";
    asked = 0;
    most = 3;
    EXPECT_THAT(decoder->Decode(encoded).status(),
                StatusIs(absl::StatusCode::kCancelled, ::testing::HasSubstr("gone")));
    EXPECT_EQ(asked, most);
    most = 1 << 30;
    EXPECT_THAT(decoder->Decode(encoded).status(), IsOk()) << "the next picture is not harmed";
  }
}

}  // namespace
}  // namespace onebyone
