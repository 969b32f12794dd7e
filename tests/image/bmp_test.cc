#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "engine/image/image_decoder.h"
#include "tests/image/encoded.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::DecodeAll;
using ::onebyone::testing::LittleEndian;
using ::onebyone::testing::Picture;
using ::onebyone::testing::Rgb;
using ::onebyone::testing::StatusIs;
using ::testing::HasSubstr;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
constexpr uint32_t kRle8 = 1;
constexpr uint32_t kRle4 = 2;
constexpr uint32_t kBitFields = 3;

struct BmpParts {
  int32_t width = 2;
  int32_t height = 2;
  uint32_t bits = 24;
  uint32_t compression = 0;
  uint32_t header = 40;
  std::vector<uint32_t> masks{};  // red, green, blue[, alpha]
  std::vector<Rgb> palette{};
  std::string pixels{};
};

std::string Encode(const BmpParts& parts) {
  std::string body;
  if (parts.header == 12) {
    body = absl::StrCat(LittleEndian(12, 4), LittleEndian(static_cast<uint32_t>(parts.width), 2),
                        LittleEndian(static_cast<uint32_t>(parts.height), 2), LittleEndian(1, 2),
                        LittleEndian(parts.bits, 2));
  } else {
    body = absl::StrCat(LittleEndian(parts.header, 4), LittleEndian(static_cast<uint32_t>(parts.width), 4),
                        LittleEndian(static_cast<uint32_t>(parts.height), 4), LittleEndian(1, 2),
                        LittleEndian(parts.bits, 2), LittleEndian(parts.compression, 4), std::string(12, '\0'),
                        LittleEndian(static_cast<uint32_t>(parts.palette.size()), 4), LittleEndian(0, 4));
  }
  for (const uint32_t mask : parts.masks) body += LittleEndian(mask, 4);
  if (body.size() < parts.header) body.resize(parts.header, '\0');
  for (const Rgb& color : parts.palette) {
    body += {static_cast<char>(color.blue), static_cast<char>(color.green), static_cast<char>(color.red)};
    if (parts.header != 12) body.push_back('\0');
  }
  const auto offset = static_cast<uint32_t>(14 + body.size());
  return absl::StrCat("BM", LittleEndian(offset + static_cast<uint32_t>(parts.pixels.size()), 4), LittleEndian(0, 4),
                      LittleEndian(offset, 4), body, parts.pixels);
}

const Rgb kRed{255, 0, 0};
const Rgb kGreen{0, 255, 0};
const Rgb kBlue{0, 0, 255};
const Rgb kWhite{255, 255, 255};

void ExpectRedGreenOverBlueWhite(const Picture& picture) {
  ASSERT_EQ(picture.width(), 2);
  ASSERT_EQ(picture.height(), 2);
  EXPECT_EQ(picture.at(0, 0), kRed);
  EXPECT_EQ(picture.at(1, 0), kGreen);
  EXPECT_EQ(picture.at(0, 1), kBlue);
  EXPECT_EQ(picture.at(1, 1), kWhite);
}

const std::string kTop24("\0\0\xFF\0\xFF\0\0\0", 8);
const std::string kBottom24("\xFF\0\0\xFF\xFF\xFF\0\0", 8);

TEST(Bmp, StandsOnItsHeadUnlessItsHeightIsNegative) {
  ExpectRedGreenOverBlueWhite(DecodeAll(Encode({.pixels = kBottom24 + kTop24})));
  ExpectRedGreenOverBlueWhite(DecodeAll(Encode({.height = -2, .pixels = kTop24 + kBottom24})));
  ExpectRedGreenOverBlueWhite(DecodeAll(Encode({.header = 12, .pixels = kBottom24 + kTop24})));
}

TEST(Bmp, OfIndexesTakesColorsFromItsPalette) {
  const std::vector<Rgb> palette = {kRed, kGreen, kBlue, kWhite};
  ExpectRedGreenOverBlueWhite(
      DecodeAll(Encode({.bits = 8, .palette = palette, .pixels = std::string("\x02\x03\0\0\x00\x01\0\0", 8)})));
  ExpectRedGreenOverBlueWhite(
      DecodeAll(Encode({.bits = 4, .palette = palette, .pixels = std::string("\x23\0\0\0\x01\0\0\0", 8)})));
  const Picture bits = DecodeAll(
      Encode({.width = 9, .height = 1, .bits = 1, .palette = {kRed, kBlue}, .pixels = std::string("\x55\x80\0\0", 4)}));
  for (int64_t x = 0; x < 8; ++x) EXPECT_EQ(bits.at(x, 0), x % 2 == 0 ? kRed : kBlue);
  EXPECT_EQ(bits.at(8, 0), kBlue);
}

TEST(Bmp, OfIndexesWithoutAColorIsAnError) {
  const std::string encoded =
      Encode({.bits = 8, .palette = {kRed, kGreen}, .pixels = std::string("\x00\x02\0\0\x00\x01\0\0", 8)});
  EXPECT_THAT(testing::MakeDecoder()->Decode(encoded),
              StatusIs(kInvalid, HasSubstr("palette index: want below 2, got 2")));
}

TEST(Bmp, OfThirtyTwoPlainBitsHasNoAlpha) {
  const std::string zero_alpha("\xFF\0\0\0\xFF\xFF\xFF\0\0\0\xFF\0\0\xFF\0\0", 16);
  ExpectRedGreenOverBlueWhite(DecodeAll(Encode({.bits = 32, .pixels = zero_alpha})));
}

TEST(Bmp, OfBitFieldsFollowsItsMasks) {
  const std::string rgbx("\0\0\xFF\0\xFF\xFF\xFF\0\xFF\0\0\0\0\xFF\0\0", 16);
  ExpectRedGreenOverBlueWhite(
      DecodeAll(Encode({.bits = 32, .compression = kBitFields, .masks = {0xFF, 0xFF00, 0xFF0000}, .pixels = rgbx})));
  const std::string plain16 =
      absl::StrCat(LittleEndian(0x001F, 2), LittleEndian(0x7FFF, 2), LittleEndian(0x7C00, 2), LittleEndian(0x03E0, 2));
  ExpectRedGreenOverBlueWhite(DecodeAll(Encode({.bits = 16, .pixels = plain16})));
  const std::string fields565 =
      absl::StrCat(LittleEndian(0x001F, 2), LittleEndian(0xFFFF, 2), LittleEndian(0xF800, 2), LittleEndian(0x07E0, 2));
  ExpectRedGreenOverBlueWhite(DecodeAll(
      Encode({.bits = 16, .compression = kBitFields, .masks = {0xF800, 0x07E0, 0x001F}, .pixels = fields565})));
}

TEST(Bmp, WithAnAlphaMaskLetsWhiteThrough) {
  const Picture picture = DecodeAll(Encode({.width = 2,
                                            .height = 1,
                                            .bits = 32,
                                            .compression = kBitFields,
                                            .header = 124,
                                            .masks = {0xFF0000, 0xFF00, 0xFF, 0xFF000000},
                                            .pixels = std::string("\x00\x64\xC8\x33\x00\x64\xC8\xFF", 8)}));
  EXPECT_EQ(picture.at(0, 0), (Rgb{244, 224, 204}));
  EXPECT_EQ(picture.at(1, 0), (Rgb{200, 100, 0}));
}

TEST(Bmp, OfRunsUnrollsThem) {
  const std::vector<Rgb> palette = {kRed, kGreen, kBlue, kWhite};
  BmpParts parts{.bits = 8, .compression = kRle8, .palette = palette};
  parts.pixels = std::string("\x01\x02\x01\x03\0\0\x01\x00\x01\x01\0\x01", 12);
  ExpectRedGreenOverBlueWhite(DecodeAll(Encode(parts)));
  parts = {.bits = 4, .compression = kRle4, .palette = palette, .pixels = std::string("\x02\x23\0\0\x02\x01\0\x01", 8)};
  ExpectRedGreenOverBlueWhite(DecodeAll(Encode(parts)));
  parts = {.width = 5, .height = 1, .bits = 8, .compression = kRle8, .palette = palette};
  parts.pixels =
      std::string("\x02\x01\0\x03\x00\x02\x03\0\0\x01", 10);  // a run of two, then three one by one and a pad
  const Picture mixed = DecodeAll(Encode(parts));
  EXPECT_EQ(mixed.at(1, 0), kGreen);
  EXPECT_EQ(mixed.at(2, 0), kRed);
  EXPECT_EQ(mixed.at(4, 0), kWhite);
}

TEST(Bmp, OfRunsThatLeavePixelsOutIsAnError) {
  BmpParts parts{.bits = 8, .compression = kRle8, .palette = {kRed, kGreen}};
  for (const std::string& runs : {std::string("\x02\x00\0\x01", 4), std::string("\x01\x00\0\0\x02\x00\0\x01", 8),
                                  std::string("\0\x02\x01\x01\x02\x00\0\x01", 8)}) {
    parts.pixels = runs;
    EXPECT_THAT(testing::MakeDecoder()->Decode(Encode(parts)),
                StatusIs(kInvalid, HasSubstr("run lengths: want 4 pixels")));
  }
  for (const std::string& runs : {std::string("\x02\x00", 2), std::string("\x02\x00\0\x05\x01\x01", 6)}) {
    parts.pixels = runs;
    EXPECT_THAT(testing::MakeDecoder()->Decode(Encode(parts)), StatusIs(kInvalid, HasSubstr("ends early")));
  }
}

TEST(Bmp, OfRunsTooFewForItsSizeIsRefusedByTheProbe) {
  const std::string encoded =
      Encode({.width = 8000, .height = 8000, .bits = 8, .compression = kRle8, .palette = {kRed}, .pixels = "ab"});
  EXPECT_THAT(ProbeImage(encoded, {}), StatusIs(kInvalid, HasSubstr("ends early")));
}

TEST(Bmp, ThatBreaksItsRulesSaysWhich) {
  EXPECT_THAT(ProbeImage("BM", {}), StatusIs(kInvalid, HasSubstr("ends early")));
  EXPECT_THAT(ProbeImage(Encode({.bits = 7, .pixels = kTop24}), {}), StatusIs(kInvalid, HasSubstr("got 7 bits")));
  EXPECT_THAT(ProbeImage(Encode({.compression = 4, .pixels = kTop24}), {}),
              StatusIs(kInvalid, HasSubstr("compression 4")));
  EXPECT_THAT(ProbeImage(Encode({.width = -2, .pixels = kTop24}), {}),
              StatusIs(kInvalid, HasSubstr("width: want at least 1, got -2")));
  EXPECT_THAT(ProbeImage(Encode({.height = INT32_MIN, .pixels = kTop24}), {}),
              StatusIs(kInvalid, HasSubstr("pixels: want at most")));
  EXPECT_THAT(ProbeImage(Encode({.height = 3, .pixels = kTop24 + kTop24}), {}),
              StatusIs(kInvalid, HasSubstr("want 24 bytes of pixels for 2x3, got 16")));
  const std::string holes =
      Encode({.bits = 32, .compression = kBitFields, .masks = {0xF0F, 0xFF00, 0xFF0000}, .pixels = kTop24 + kBottom24});
  EXPECT_THAT(ProbeImage(holes, {}), StatusIs(kInvalid, HasSubstr("color mask: want bits in a row, got 00000f0f")));
}

}  // namespace
}  // namespace onebyone
