#include <gmock/gmock.h>

#include <opencv2/imgcodecs.hpp>

#include "absl/strings/str_cat.h"
#include "engine/image/image_decoder.h"
#include "tests/image/encoded.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::EncodeJpeg;
using ::onebyone::testing::IsOk;
using ::onebyone::testing::Picture;
using ::onebyone::testing::Rgb;
using ::onebyone::testing::StatusIs;
using ::onebyone::testing::Waves;
using ::testing::HasSubstr;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
const std::string kEndOfImage = "\xFF\xD9";

size_t Find(const std::string& jpeg, uint8_t marker, size_t from = 2) {
  return jpeg.find(absl::StrCat("\xFF", std::string(1, static_cast<char>(marker))), from);
}

TEST(Jpeg, OfOneComponentBecomesGray) {
  cv::Mat gray(20, 30, CV_8UC1, cv::Scalar(100));
  gray.colRange(16, 30).setTo(200);
  std::vector<uint8_t> bytes;
  cv::imencode(".jpg", gray, bytes, {cv::IMWRITE_JPEG_QUALITY, 100});
  const std::string encoded(bytes.begin(), bytes.end());
  const auto decoder = testing::MakeDecoder();
  ASSERT_OK_AND_ASSIGN(const RgbImage image, decoder->Decode(encoded));
  EXPECT_EQ(Picture(image).at(4, 10), (Rgb{100, 100, 100}));
  EXPECT_EQ(Picture(image).at(25, 10), (Rgb{200, 200, 200}));
}

struct Ink {
  std::array<uint8_t, 4> cmyk;  // inks, 255: full
  Rgb rgb;
};

class JpegInks : public ::testing::TestWithParam<Ink> {};

TEST_P(JpegInks, BecomeLight) {
  for (const bool adobe : {false, true}) {
    std::vector<uint8_t> cmyk;
    for (int i = 0; i < 32 * 32; ++i) {
      for (const uint8_t ink : GetParam().cmyk) cmyk.push_back(adobe ? static_cast<uint8_t>(255 - ink) : ink);
    }
    const std::string encoded = testing::EncodeCmykJpeg(32, 32, cmyk, adobe);
    for (const int64_t min_side : {0, 4}) {
      const auto decoder = testing::MakeDecoder();
      ASSERT_OK_AND_ASSIGN(const RgbImage image, decoder->Decode(encoded, min_side));
      const Picture expected(image.width, image.height, GetParam().rgb);
      EXPECT_LE(testing::LargestDifference(Picture(image), expected), 2) << (adobe ? "Adobe" : "plain");
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Colors, JpegInks,
                         ::testing::Values(Ink{{0, 0, 0, 0}, {255, 255, 255}}, Ink{{255, 0, 0, 0}, {0, 255, 255}},
                                           Ink{{0, 255, 0, 0}, {255, 0, 255}}, Ink{{0, 0, 255, 0}, {255, 255, 0}},
                                           Ink{{0, 0, 0, 255}, {0, 0, 0}}, Ink{{0, 100, 200, 55}, {200, 122, 43}}));

TEST(Jpeg, OverTheScanLimitIsRefusedBeforeAndWhileDecoding) {
  const std::string encoded = EncodeJpeg(Waves(64, 64), 90, /*progressive=*/true);
  ASSERT_OK_AND_ASSIGN(const ImageHeader header, ProbeImage(encoded, {}));
  EXPECT_GT(header.jpeg_scans, 5);
  ImageLimits limits;
  limits.max_jpeg_scans = header.jpeg_scans;
  EXPECT_THAT(testing::MakeDecoder(limits)->Decode(encoded), IsOk());
  --limits.max_jpeg_scans;
  EXPECT_THAT(testing::MakeDecoder(limits)->Decode(encoded),
              StatusIs(kInvalid, HasSubstr(absl::StrCat("scans: want at most ", limits.max_jpeg_scans))));
}

TEST(Jpeg, OfThreeThousandScansIsRefusedAtOnce) {
  const std::string encoded = EncodeJpeg(Waves(64, 64), 90, /*progressive=*/true);
  const size_t scan = encoded.rfind("\xFF\xDA");
  std::string bomb = encoded.substr(0, encoded.size() - 2);
  for (int i = 0; i < 3000; ++i) bomb += encoded.substr(scan, encoded.size() - 2 - scan);
  EXPECT_THAT(testing::MakeDecoder()->Decode(bomb + kEndOfImage),
              StatusIs(kInvalid, HasSubstr("scans: want at most 64")));
}

TEST(Jpeg, ClaimingMorePixelsThanItsBytesCanHoldIsRefused) {
  std::string encoded = EncodeJpeg(Waves(64, 64));
  encoded.replace(Find(encoded, 0xC0) + 5, 4, testing::BigEndian(0x1F401F40, 4));  // 8000 x 8000
  EXPECT_THAT(ProbeImage(encoded, {}), StatusIs(kInvalid, HasSubstr("bytes for 8000x8000, got")));
}

TEST(Jpeg, MayHaveFillBytesAndBytesBetweenHeaderSegments) {
  const std::string encoded = EncodeJpeg(Waves(64, 64));
  const Picture expected = testing::DecodeAll(encoded);
  const size_t frame = Find(encoded, 0xC0);
  for (const std::string between : {"\xFF\xFF\xFF", "abc"}) {
    const std::string odd = encoded.substr(0, frame) + between + encoded.substr(frame);
    const auto decoder = testing::MakeDecoder();
    ASSERT_OK_AND_ASSIGN(const RgbImage image, decoder->Decode(odd));
    EXPECT_EQ(testing::LargestDifference(Picture(image), expected), 0);
  }
}

TEST(Jpeg, WithBytesLeftOverAfterItsPixelsIsAnError) {
  const std::string encoded = EncodeJpeg(Waves(64, 64));
  const std::string odd = encoded.substr(0, encoded.size() - 2) + "left over" + kEndOfImage;
  EXPECT_THAT(testing::MakeDecoder()->Decode(odd), StatusIs(kInvalid, HasSubstr("extraneous bytes")));
}

TEST(Jpeg, WithAThumbnailInsideIsThePictureOutside) {
  const std::string thumbnail = EncodeJpeg(Picture(16, 16, {255, 0, 0}));
  const std::string encoded =
      testing::WithJpegSegment(EncodeJpeg(Picture(64, 48, {0, 0, 255})), 0xE1, absl::StrCat("thumb", thumbnail));
  ASSERT_OK_AND_ASSIGN(const ImageHeader header, ProbeImage(encoded, {}));
  EXPECT_EQ(header.width, 64);
  EXPECT_EQ(header.jpeg_scans, 1);
}

TEST(Jpeg, WithoutADecodableFrameSaysWhatItWants) {
  const std::string encoded = EncodeJpeg(Waves(32, 32));
  const size_t frame = Find(encoded, 0xC0);
  const auto with_byte = [&](size_t at, uint8_t value) {
    std::string changed = encoded;
    changed[at] = static_cast<char>(value);
    return changed;
  };
  EXPECT_THAT(ProbeImage(with_byte(frame + 1, 0xC9), {}), StatusIs(kInvalid, HasSubstr("coding: want baseline")));
  EXPECT_THAT(ProbeImage(with_byte(frame + 1, 0xC3), {}), StatusIs(kInvalid, HasSubstr("got lossless")));
  EXPECT_THAT(ProbeImage(with_byte(frame + 4, 12), {}),
              StatusIs(kInvalid, HasSubstr("precision: want 8 bits, got 12")));
  EXPECT_THAT(ProbeImage(with_byte(frame + 9, 2), {}),
              StatusIs(kInvalid, HasSubstr("components: want 1, 3 or 4, got 2")));
  EXPECT_THAT(ProbeImage(with_byte(frame + 11, 0x52), {}), StatusIs(kInvalid, HasSubstr("sampling factors")));
  EXPECT_THAT(ProbeImage(encoded.substr(0, frame) + encoded.substr(frame + 19), {}),
              StatusIs(kInvalid, HasSubstr("want a frame before the first scan")));
  EXPECT_THAT(ProbeImage("\xFF\xD8" + kEndOfImage, {}), StatusIs(kInvalid, HasSubstr("want a frame")));
}

TEST(Jpeg, WhoseLastScansAreMissingIsAnError) {
  const std::string encoded = EncodeJpeg(Waves(200, 160), 90, /*progressive=*/true);
  std::vector<size_t> scans;
  for (size_t at = Find(encoded, 0xDA); at != std::string::npos; at = Find(encoded, 0xDA, at + 2)) scans.push_back(at);
  ASSERT_GT(scans.size(), 5u);
  for (size_t scan = 1; scan < scans.size(); ++scan) {
    const auto decoder = testing::MakeDecoder();
    EXPECT_THAT(decoder->Decode(encoded.substr(0, scans[scan]) + kEndOfImage),
                StatusIs(kInvalid, HasSubstr("ends early")))
        << "after " << scan << " of " << scans.size() << " scans";
  }
}

}  // namespace
}  // namespace onebyone
