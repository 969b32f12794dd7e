#include <gmock/gmock.h>

#include <chrono>
#include <sstream>
#include <vector>

#include "absl/strings/str_split.h"
#include "engine/image/image_decoder.h"
#include "engine/tensor/aligned_buffer.h"
#include "tests/image/encoded.h"
#include "tests/testing/folders.h"
#include "tests/testing/status_matchers.h"

// Every file of ../shared/images/bad, by its manifest.

namespace onebyone {
namespace {

using ::onebyone::testing::IsOk;
using ::onebyone::testing::StatusIs;
using ::testing::HasSubstr;

struct BadImage {
  std::string file;
  std::string expect;
  std::string encoded;
};

std::vector<BadImage> ReadManifest() {
  std::vector<BadImage> images;
  std::istringstream lines(testing::ReadShared("images/bad/manifest.csv"));
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line)) {
    const std::vector<std::string> fields = absl::StrSplit(line, ',');
    if (fields.size() < 3) continue;
    images.push_back({fields[0], fields[2], testing::ReadShared("images/bad/" + fields[0])});
  }
  return images;
}

TEST(BadImages, AnswerAsTheManifestSays) {
  SKIP_WITHOUT_SHARED("images/bad");
  const std::vector<BadImage> images = ReadManifest();
  ASSERT_GE(images.size(), 20u);
  const auto decoder = testing::MakeDecoder();
  for (const int64_t min_side : {0, 256}) {
    for (const BadImage& image : images) {
      SCOPED_TRACE(image.file);
      const auto begin = std::chrono::steady_clock::now();
      const auto decoded = decoder->Decode(image.encoded, min_side);
      const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
      EXPECT_LT(seconds.count(), 2);
      if (image.expect == "ok") {
        EXPECT_THAT(decoded, IsOk());
      }
      if (image.expect == "error" || image.expect == "limit") {
        EXPECT_THAT(decoded, StatusIs(absl::StatusCode::kInvalidArgument));
      }
      if (image.expect == "limit") {
        EXPECT_THAT(std::string(decoded.status().message()), HasSubstr("want at most"));
      }
      if (!decoded.ok()) {
        EXPECT_THAT(std::string(decoded.status().message()), HasSubstr(": "));
      }
    }
  }
}

TEST(BadImages, OverALimitTakeNoPixelMemory) {
  SKIP_WITHOUT_SHARED("images/bad");
  const auto decoder = testing::MakeDecoder();
  const int64_t before = AlignedBuffer::TotalCreated();
  for (const BadImage& image : ReadManifest()) {
    if (image.expect == "limit") {
      EXPECT_THAT(decoder->Decode(image.encoded), StatusIs(absl::StatusCode::kInvalidArgument));
    }
  }
  EXPECT_EQ(AlignedBuffer::TotalCreated(), before);
}

TEST(BadImages, LeaveTheDecoderAsGoodAsNew) {
  SKIP_WITHOUT_SHARED("images/bad");
  const std::string good = testing::EncodeJpeg(testing::Waves(120, 90));
  const testing::Picture expected = testing::DecodeAll(good);
  const auto decoder = testing::MakeDecoder();
  for (const BadImage& image : ReadManifest()) {
    (void)decoder->Decode(image.encoded);
    ASSERT_OK_AND_ASSIGN(const RgbImage again, decoder->Decode(good));
    EXPECT_EQ(testing::LargestDifference(testing::Picture(again), expected), 0) << "after " << image.file;
  }
}

TEST(BadImages, WithoutTablesDoNotDecodeByThoseOfTheImageBefore) {
  SKIP_WITHOUT_SHARED("images/bad");
  const auto decoder = testing::MakeDecoder();
  ASSERT_THAT(decoder->Decode(testing::EncodeJpeg(testing::Waves(451, 300))), IsOk());
  EXPECT_THAT(decoder->Decode(testing::ReadShared("images/bad/jpeg_no_dqt.jpg")),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("uantization")));
}

}  // namespace
}  // namespace onebyone
