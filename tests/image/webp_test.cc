#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "engine/image/image_decoder.h"
#include "tests/image/encoded.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::DecodeAll;
using ::onebyone::testing::EncodeWebp;
using ::onebyone::testing::Picture;
using ::onebyone::testing::Rgb;
using ::onebyone::testing::StatusIs;
using ::onebyone::testing::Waves;
using ::testing::HasSubstr;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

TEST(Webp, LosslessGivesThePictureBack) {
  const Picture picture = Waves(61, 43);
  EXPECT_EQ(testing::LargestDifference(DecodeAll(EncodeWebp(picture, /*lossless=*/true)), picture), 0);
}

TEST(Webp, LossyComesClose) {
  const Picture picture = Waves(161, 143);
  EXPECT_LT(testing::MeanDifference(DecodeAll(EncodeWebp(picture, /*lossless=*/false)), picture), 8);
}

TEST(Webp, LaysAlphaOverWhite) {
  for (const bool lossless : {true, false}) {
    const std::string encoded = testing::EncodeAlphaWebp(Picture(32, 32, {200, 100, 0}), 51, lossless);
    EXPECT_LE(testing::LargestDifference(DecodeAll(encoded), Picture(32, 32, {244, 224, 204})), 2) << lossless;
  }
}

TEST(Webp, IsTurnedByItsExif) {
  Picture picture(20, 10, {0, 0, 255});
  for (int64_t y = 0; y < 10; ++y) picture.at(0, y) = {255, 0, 0};
  for (const bool prefixed : {true, false}) {
    const std::string encoded = testing::WithWebpExif(EncodeWebp(picture, /*lossless=*/true), 20, 10,
                                                      testing::Exif(8).substr(prefixed ? 0 : 6));
    const Picture upright = DecodeAll(encoded);
    ASSERT_EQ(upright.width(), 10);
    ASSERT_EQ(upright.height(), 20);
    EXPECT_EQ(upright.at(5, 19), (Rgb{255, 0, 0}));
    EXPECT_EQ(upright.at(5, 0), (Rgb{0, 0, 255}));
  }
}

TEST(Webp, ThatMovesIsRefused) {
  std::string encoded = testing::WithWebpExif(EncodeWebp(Waves(20, 10), false), 20, 10, "");
  encoded[20] |= 0x02;
  EXPECT_THAT(ProbeImage(encoded, {}), StatusIs(kInvalid, HasSubstr("want a still picture, got an animation")));
}

TEST(Webp, ThatBreaksItsRulesSaysWhich) {
  const std::string encoded = EncodeWebp(Waves(20, 10), false);
  EXPECT_THAT(ProbeImage(testing::WithWebpExif(encoded, 21, 10, ""), {}),
              StatusIs(kInvalid, HasSubstr("want the canvas's 21x10, got 20x10")));
  std::string changed = encoded;
  changed[12] = 'X';
  EXPECT_THAT(ProbeImage(changed, {}), StatusIs(kInvalid, HasSubstr("got 'XP8 '")));
  changed = encoded;
  changed[23] = 0;
  EXPECT_THAT(ProbeImage(changed, {}), StatusIs(kInvalid, HasSubstr("start code")));
  changed = absl::StrCat("RIFF", testing::LittleEndian(4, 4), "WEBP", encoded.substr(12));
  EXPECT_THAT(ProbeImage(changed, {}), StatusIs(kInvalid, HasSubstr("want a picture (VP8 or VP8L), got none")));
}

}  // namespace
}  // namespace onebyone
