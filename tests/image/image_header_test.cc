#include "engine/image/image_header.h"

#include <gmock/gmock.h>

#include "tests/image/encoded.h"
#include "tests/image/encoded_png.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::EncodeBmp;
using ::onebyone::testing::EncodeJpeg;
using ::onebyone::testing::EncodePng;
using ::onebyone::testing::EncodeWebp;
using ::onebyone::testing::IsOk;
using ::onebyone::testing::StatusIs;
using ::onebyone::testing::Waves;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

std::string EncodeAs(ImageFormat format, int64_t width, int64_t height) {
  const testing::Picture picture = Waves(width, height);
  switch (format) {
    case ImageFormat::kJpeg: return EncodeJpeg(picture);
    case ImageFormat::kPng: return EncodePng(picture);
    case ImageFormat::kWebp: return EncodeWebp(picture, /*lossless=*/false);
    case ImageFormat::kBmp: break;
  }
  return EncodeBmp(picture);
}

class EveryFormat : public ::testing::TestWithParam<ImageFormat> {};

TEST_P(EveryFormat, IsToldByItsFirstBytes) {
  const std::string encoded = EncodeAs(GetParam(), 37, 23);
  ASSERT_OK_AND_ASSIGN(const ImageHeader header, ProbeImage(encoded, {}));
  EXPECT_EQ(header.format, GetParam());
  EXPECT_EQ(header.width, 37);
  EXPECT_EQ(header.height, 23);
  EXPECT_EQ(header.orientation, 1);
  EXPECT_FALSE(header.UprightIsTransposed());
}

TEST_P(EveryFormat, MayHaveTheMostPixelsAndNotOneMore) {
  const std::string encoded = EncodeAs(GetParam(), 40, 30);
  ImageLimits limits;
  limits.max_pixels = 1200;
  EXPECT_THAT(ProbeImage(encoded, limits), IsOk());
  limits.max_pixels = 1199;
  EXPECT_THAT(ProbeImage(encoded, limits),
              StatusIs(kInvalid, HasSubstr("pixels: want at most 1199, got 1200 (40x30)")));
}

TEST_P(EveryFormat, MayHaveTheLongestSideAndNotOnePixelMore) {
  ImageLimits limits;
  limits.max_side = 40;
  EXPECT_THAT(ProbeImage(EncodeAs(GetParam(), 40, 40), limits), IsOk());
  EXPECT_THAT(ProbeImage(EncodeAs(GetParam(), 41, 8), limits),
              StatusIs(kInvalid, HasSubstr("side: want at most 40, got 41x8")));
  EXPECT_THAT(ProbeImage(EncodeAs(GetParam(), 8, 41), limits),
              StatusIs(kInvalid, HasSubstr("side: want at most 40, got 8x41")));
}

TEST_P(EveryFormat, MayHaveTheMostBytesAndNotOneMore) {
  const std::string encoded = EncodeAs(GetParam(), 16, 16);
  ImageLimits limits;
  limits.max_bytes = static_cast<int64_t>(encoded.size());
  EXPECT_THAT(ProbeImage(encoded, limits), IsOk());
  --limits.max_bytes;
  EXPECT_THAT(ProbeImage(encoded, limits), StatusIs(kInvalid, HasSubstr("bytes: want at most")));
}

TEST_P(EveryFormat, MayHaveBytesBehindItsEnd) {
  EXPECT_THAT(ProbeImage(EncodeAs(GetParam(), 16, 16) + "and what a camera appends", {}), IsOk());
}

INSTANTIATE_TEST_SUITE_P(ProbeImage, EveryFormat,
                         ::testing::Values(ImageFormat::kJpeg, ImageFormat::kPng, ImageFormat::kWebp,
                                           ImageFormat::kBmp),
                         [](const auto& param) { return std::string(NameOf(param.param)); });

TEST(ProbeImage, RefusesEveryOtherFormat) {
  for (const std::string& encoded :
       {std::string("GIF89a\x01\x00\x01\x00", 10), std::string("II*\0\x08\0\0\0", 8),
        std::string("\0\0\0\x0cjP  \r\n\x87\n", 12), std::string("P6\n1 1\n255\nabc"),
        std::string("RIFF\x10\0\0\0WAVEfmt ", 16), std::string("%PDF-1.4"), std::string("\xFF")}) {
    EXPECT_THAT(ProbeImage(encoded, {}),
                StatusIs(kInvalid, AllOf(HasSubstr("JPEG, PNG, WebP or BMP"), HasSubstr("got"))));
  }
  EXPECT_THAT(ProbeImage("", {}), StatusIs(kInvalid, HasSubstr("got 0 bytes")));
}

TEST(ImageLimits, RefuseWhatMakesNoSense) {
  ImageLimits limits;
  EXPECT_THAT(limits.Validate(), IsOk());
  limits.max_side = 0;
  EXPECT_THAT(limits.Validate(), StatusIs(kInvalid, HasSubstr("max_side: want at least 1, got 0")));
  limits = {};
  limits.max_pixels = int64_t{1} << 40;
  EXPECT_THAT(limits.Validate(), StatusIs(kInvalid, HasSubstr("max_pixels")));
  EXPECT_THAT(ImageDecoder::Create({limits}), StatusIs(kInvalid));
}

// They take a reader as long as pixels do.
TEST(ImageHeader, CountsTheSamplesOfAPngAgainstItsPixels) {
  testing::PngParts deep;
  deep.width = 20;
  deep.height = 10;
  deep.depth = 16;
  deep.color = 6;
  for (int i = 0; i < 20 * 10 * 4; ++i) deep.samples.push_back(i);
  const std::string png = testing::EncodePng(deep);
  EXPECT_THAT(ProbeImage(png, {.max_pixels = 2 * 20 * 10}), IsOk());
  EXPECT_THAT(ProbeImage(png, {.max_pixels = 2 * 20 * 10 - 1}),
              StatusIs(absl::StatusCode::kInvalidArgument, AllOf(HasSubstr("want at most"), HasSubstr("max_pixels"))));
}

}  // namespace
}  // namespace onebyone
