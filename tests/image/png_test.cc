#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "engine/image/image_decoder.h"
#include "tests/image/encoded.h"
#include "tests/image/encoded_png.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::DecodeAll;
using ::onebyone::testing::EncodePng;
using ::onebyone::testing::Picture;
using ::onebyone::testing::PngChunkBytes;
using ::onebyone::testing::PngParts;
using ::onebyone::testing::Rgb;
using ::onebyone::testing::StatusIs;
using ::testing::HasSubstr;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

Rgb Gray(int level) { return {static_cast<uint8_t>(level), static_cast<uint8_t>(level), static_cast<uint8_t>(level)}; }

// An independent rule: a share of `most` as a byte, rounded.
int AsByte(int value, int most) { return static_cast<int>(value * 255.0 / most + 0.5); }

struct Depth {
  int color;
  int depth;
};

class PngGray : public ::testing::TestWithParam<std::tuple<Depth, bool>> {};

// Gray, or gray in three equal channels.
TEST_P(PngGray, ShowsEveryLevelOfItsDepth) {
  const auto [kind, interlaced] = GetParam();
  const int most = (1 << kind.depth) - 1;
  PngParts parts;
  parts.width = 13;
  parts.height = 11;
  parts.depth = kind.depth;
  parts.color = kind.color;
  parts.interlaced = interlaced;
  std::vector<int> levels;
  for (int i = 0; i < 13 * 11; ++i) levels.push_back(most <= 15 ? i % (most + 1) : most * i / (13 * 11 - 1));
  for (const int level : levels) {
    for (int c = 0; c < (kind.color == 2 || kind.color == 6 ? 3 : 1); ++c) parts.samples.push_back(level);
    if (kind.color >= 4) parts.samples.push_back(most);
  }
  const Picture picture = DecodeAll(EncodePng(parts));
  ASSERT_EQ(picture.width(), 13);
  for (int i = 0; i < 13 * 11; ++i) {
    EXPECT_EQ(picture.at(i % 13, i / 13), Gray(AsByte(levels[static_cast<size_t>(i)], most))) << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, PngGray,
                         ::testing::Combine(::testing::Values(Depth{0, 1}, Depth{0, 2}, Depth{0, 4}, Depth{0, 8},
                                                              Depth{0, 16}, Depth{2, 8}, Depth{2, 16}, Depth{4, 8},
                                                              Depth{4, 16}, Depth{6, 8}, Depth{6, 16}),
                                            ::testing::Bool()));

class PngPalette : public ::testing::TestWithParam<int> {};

TEST_P(PngPalette, GivesColorsAndLetsWhiteThrough) {
  const std::string palette("\x0A\x14\x1E\xC8\x64\x00", 6);  // (10, 20, 30), (200, 100, 0)
  PngParts parts;
  parts.width = 5;
  parts.depth = GetParam();
  parts.color = 3;
  parts.samples = {0, 1, 1, 0, 1};
  parts.before_image = PngChunkBytes("PLTE", palette);
  const Picture opaque = DecodeAll(EncodePng(parts));
  EXPECT_EQ(opaque.at(0, 0), (Rgb{10, 20, 30}));
  EXPECT_EQ(opaque.at(4, 0), (Rgb{200, 100, 0}));

  parts.before_image += PngChunkBytes("tRNS", std::string("\xFF\x33", 2));  // the second color: a fifth
  const Picture clear = DecodeAll(EncodePng(parts));
  EXPECT_EQ(clear.at(0, 0), (Rgb{10, 20, 30}));
  EXPECT_EQ(clear.at(4, 0), (Rgb{244, 224, 204}));
}

INSTANTIATE_TEST_SUITE_P(Depths, PngPalette, ::testing::Values(1, 2, 4, 8));

TEST(Png, LaysAlphaOverWhite) {
  PngParts parts;
  parts.width = 3;
  parts.color = 6;
  parts.samples = {200, 100, 0, 0, 200, 100, 0, 255, 200, 100, 0, 51};
  const Picture rgba = DecodeAll(EncodePng(parts));
  EXPECT_EQ(rgba.at(0, 0), (Rgb{255, 255, 255}));
  EXPECT_EQ(rgba.at(1, 0), (Rgb{200, 100, 0}));
  EXPECT_EQ(rgba.at(2, 0), (Rgb{244, 224, 204}));

  parts.color = 4;
  parts.samples = {100, 0, 100, 255, 0, 51};
  const Picture gray = DecodeAll(EncodePng(parts));
  EXPECT_EQ(gray.at(0, 0), Gray(255));
  EXPECT_EQ(gray.at(1, 0), Gray(100));
  EXPECT_EQ(gray.at(2, 0), Gray(204));

  parts.depth = 16;
  parts.samples = {100 * 257, 0, 100 * 257, 65535, 0, 51 * 257};
  const Picture deep = DecodeAll(EncodePng(parts));
  EXPECT_EQ(deep.at(0, 0), Gray(255));
  EXPECT_EQ(deep.at(1, 0), Gray(100));
  EXPECT_EQ(deep.at(2, 0), Gray(204));
}

TEST(Png, WithATransparentColorLetsWhiteThroughThere) {
  PngParts parts;
  parts.width = 3;
  parts.samples = {10, 20, 30, 10, 20, 31, 30, 20, 10};
  parts.before_image = PngChunkBytes("tRNS", std::string("\0\x0A\0\x14\0\x1E", 6));
  const Picture rgb = DecodeAll(EncodePng(parts));
  EXPECT_EQ(rgb.at(0, 0), Gray(255));
  EXPECT_EQ(rgb.at(1, 0), (Rgb{10, 20, 31}));
  EXPECT_EQ(rgb.at(2, 0), (Rgb{30, 20, 10}));

  parts.color = 0;
  parts.depth = 2;
  parts.samples = {0, 1, 2};
  parts.before_image = PngChunkBytes("tRNS", std::string("\0\x01", 2));
  const Picture gray = DecodeAll(EncodePng(parts));
  EXPECT_EQ(gray.at(0, 0), Gray(0));
  EXPECT_EQ(gray.at(1, 0), Gray(255));
  EXPECT_EQ(gray.at(2, 0), Gray(170));

  parts.depth = 16;
  parts.samples = {257, 258, 65535};
  parts.before_image = PngChunkBytes("tRNS", std::string("\x01\x01", 2));
  const Picture deep = DecodeAll(EncodePng(parts));
  EXPECT_EQ(deep.at(0, 0), Gray(255));
  EXPECT_EQ(deep.at(1, 0), Gray(1));
}

TEST(Png, IsTurnedByItsExifWhereverThatStands) {
  PngParts parts;
  parts.width = 2;
  parts.samples = {255, 0, 0, 0, 0, 255};  // red, blue
  const std::string exif = PngChunkBytes("eXIf", testing::Exif(6).substr(6));
  for (const bool before : {true, false}) {
    (before ? parts.before_image : parts.after_image) = exif;
    (before ? parts.after_image : parts.before_image) = "";
    const Picture upright = DecodeAll(EncodePng(parts));
    ASSERT_EQ(upright.width(), 1);
    EXPECT_EQ(upright.at(0, 0), (Rgb{255, 0, 0}));
    EXPECT_EQ(upright.at(0, 1), (Rgb{0, 0, 255}));
  }
}

TEST(Png, IgnoresChunksThatItDoesNotKnow) {
  PngParts parts;
  parts.samples = {1, 2, 3};
  parts.before_image =
      absl::StrCat(PngChunkBytes("zTXt", "not zlib"), PngChunkBytes("acTL", "animated"), PngChunkBytes("PLTE", "abc"));
  parts.after_image = PngChunkBytes("fdAT", "frame");
  EXPECT_EQ(DecodeAll(EncodePng(parts)).at(0, 0), (Rgb{1, 2, 3}));
}

TEST(Png, ThatBreaksItsRulesSaysWhich) {
  PngParts parts;
  parts.samples = {1, 2, 3};
  const std::string whole = EncodePng(parts);
  std::string changed = whole;
  changed.back() ^= 1;
  EXPECT_THAT(ProbeImage(changed, {}),
              StatusIs(kInvalid, HasSubstr("chunk 'IEND': want checksum ae426083, got ae426082")));
  changed = whole;
  changed[28] = 2;
  testing::FixChecksums(changed);
  EXPECT_THAT(ProbeImage(changed, {}), StatusIs(kInvalid, HasSubstr("interlace 0 or 1, got 0, 0 and 2")));
  EXPECT_THAT(ProbeImage(whole.substr(0, 8) + whole.substr(33), {}),
              StatusIs(kInvalid, HasSubstr("want IHDR of 13 bytes first")));
  EXPECT_THAT(ProbeImage(whole.substr(0, 33) + PngChunkBytes("IEND", ""), {}),
              StatusIs(kInvalid, HasSubstr("want image data")));
  const std::string image = whole.substr(33, whole.size() - 33 - 12);
  EXPECT_THAT(
      ProbeImage(whole.substr(0, 33) + image + PngChunkBytes("tEXt", "a") + image + PngChunkBytes("IEND", ""), {}),
      StatusIs(kInvalid, HasSubstr("in a row")));
  parts.before_image = PngChunkBytes("ABCD", "critical");
  EXPECT_THAT(ProbeImage(EncodePng(parts), {}), StatusIs(kInvalid, HasSubstr("no critical chunk")));
  parts.before_image = "";
  parts.color = 3;
  EXPECT_THAT(ProbeImage(EncodePng(parts), {}), StatusIs(kInvalid, HasSubstr("want a palette")));
}

TEST(Png, ClaimingMorePixelsThanItsBytesCanHoldIsRefused) {
  PngParts parts;
  parts.samples = {1, 2, 3};
  std::string encoded = EncodePng(parts);
  encoded.replace(16, 8, testing::BigEndian(8000, 4) + testing::BigEndian(8000, 4));
  testing::FixChecksums(encoded);
  EXPECT_THAT(ProbeImage(encoded, {}), StatusIs(kInvalid, HasSubstr("of image data for 8000x8000, got")));
}

}  // namespace
}  // namespace onebyone
