#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "engine/image/image_decoder.h"
#include "tests/image/encoded.h"
#include "tests/image/encoded_png.h"
#include "tests/testing/status_matchers.h"

// A picture that is cut is an error wherever it is cut, and however well the cut is hidden.

namespace onebyone {
namespace {

using ::onebyone::testing::IsOk;
using ::onebyone::testing::LittleEndian;
using ::onebyone::testing::StatusIs;
using ::onebyone::testing::Waves;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
constexpr int kCuts = 50;

struct Encoded {
  std::string name;
  std::string bytes;
};

std::vector<Encoded> EveryKind() {
  const testing::Picture picture = Waves(160, 120);
  return {{"baseline", testing::EncodeJpeg(picture)},
          {"progressive", testing::EncodeJpeg(picture, 90, /*progressive=*/true)},
          {"png", testing::EncodePng(picture)},
          {"webp_lossy", testing::EncodeWebp(picture, false)},
          {"webp_lossless", testing::EncodeWebp(picture, true)},
          {"webp_alpha", testing::EncodeAlphaWebp(picture, 100, false)},
          {"bmp", testing::EncodeBmp(picture)}};
}

class Cut : public ::testing::TestWithParam<Encoded> {};

TEST_P(Cut, AnywhereIsAnErrorEvenAfterTheWholePicture) {
  const std::string& whole = GetParam().bytes;
  const auto decoder = testing::MakeDecoder();
  for (int cut = 0; cut < kCuts; ++cut) {
    ASSERT_THAT(decoder->Decode(whole), IsOk());
    EXPECT_THAT(decoder->Decode(whole.substr(0, whole.size() * static_cast<size_t>(cut) / kCuts)), StatusIs(kInvalid))
        << cut;
  }
  EXPECT_THAT(decoder->Decode(whole.substr(0, whole.size() - 1)), StatusIs(kInvalid));
}

INSTANTIATE_TEST_SUITE_P(Images, Cut, ::testing::ValuesIn(EveryKind()),
                         [](const auto& param) { return param.param.name; });

TEST(HiddenCut, OfAJpegWithAnEndPutBehindIsAnError) {
  for (const bool progressive : {false, true}) {
    const std::string whole = testing::EncodeJpeg(Waves(160, 120), 90, progressive);
    const auto decoder = testing::MakeDecoder();
    for (int cut = 1; cut < kCuts; ++cut) {
      ASSERT_THAT(decoder->Decode(whole), IsOk());
      const std::string hidden = whole.substr(0, whole.size() * static_cast<size_t>(cut) / kCuts) + "\xFF\xD9";
      EXPECT_THAT(decoder->Decode(hidden), StatusIs(kInvalid)) << cut << (progressive ? " progressive" : " baseline");
      EXPECT_THAT(decoder->Decode(hidden, /*min_side=*/20), StatusIs(kInvalid)) << cut;
    }
  }
}

TEST(HiddenCut, OfAPngInsideAWholeChunkIsAnError) {
  const testing::Picture picture = Waves(50, 40);
  testing::PngParts parts;
  parts.width = 50;
  parts.height = 40;
  for (int64_t i = 0; i < picture.byte_count(); ++i) parts.samples.push_back(picture.bytes()[i]);
  for (const bool interlaced : {false, true}) {
    parts.interlaced = interlaced;
    const auto decoder = testing::MakeDecoder();
    for (int cut = 0; cut < kCuts; ++cut) {
      parts.keep_image_data = 1;
      ASSERT_THAT(decoder->Decode(testing::EncodePng(parts)), IsOk());
      parts.keep_image_data = static_cast<double>(cut) / kCuts;
      EXPECT_THAT(decoder->Decode(testing::EncodePng(parts)), StatusIs(kInvalid)) << cut;
    }
  }
}

// `webp`, one chunk, cut to `size` bytes with sizes that say so.
std::string HideWebpCut(const std::string& webp, size_t size) {
  std::string cut = webp.substr(0, size - size % 2);
  cut.replace(4, 4, LittleEndian(static_cast<uint32_t>(cut.size()) - 8, 4));
  cut.replace(16, 4, LittleEndian(static_cast<uint32_t>(cut.size()) - 20, 4));
  return cut;
}

TEST(HiddenCut, OfAWebpWithSizesPutRightIsAnError) {
  for (const bool lossless : {false, true}) {
    const std::string whole = testing::EncodeWebp(Waves(160, 120), lossless);
    ASSERT_EQ(whole.substr(12, 3), "VP8");
    ASSERT_NE(whole[15], 'X');
    const auto decoder = testing::MakeDecoder();
    for (int cut = 1; cut < kCuts; ++cut) {
      ASSERT_THAT(decoder->Decode(whole), IsOk());
      const size_t size = std::max<size_t>(20, whole.size() * static_cast<size_t>(cut) / kCuts);
      EXPECT_THAT(decoder->Decode(HideWebpCut(whole, size)), StatusIs(kInvalid))
          << cut << (lossless ? " lossless" : " lossy");
    }
  }
}

}  // namespace
}  // namespace onebyone
