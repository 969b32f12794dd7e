#include <gmock/gmock.h>

#include <sstream>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "engine/image/image_decoder.h"
#include "tests/image/encoded.h"
#include "tests/testing/folders.h"
#include "tests/testing/status_matchers.h"

// Every file of ../shared/images/good, by its manifest.

namespace onebyone {
namespace {

TEST(GoodImages, DecodeUprightAtTheirSize) {
  SKIP_WITHOUT_SHARED("images/good");
  const auto decoder = testing::MakeDecoder();
  std::istringstream lines(testing::ReadShared("images/good/manifest.csv"));
  std::string line;
  std::getline(lines, line);
  int images = 0;
  while (std::getline(lines, line)) {
    const std::vector<std::string> fields = absl::StrSplit(line, ',');
    if (fields.size() < 6) continue;
    SCOPED_TRACE(fields[0]);
    int64_t width = 0;
    int64_t height = 0;
    int orientation = 1;
    ASSERT_TRUE(absl::SimpleAtoi(fields[1], &width) && absl::SimpleAtoi(fields[2], &height));
    if (!fields[5].empty()) {
      ASSERT_TRUE(absl::SimpleAtoi(fields[5], &orientation));
    }
    const std::string encoded = testing::ReadShared("images/good/" + fields[0]);

    ASSERT_OK_AND_ASSIGN(const ImageHeader header, ProbeImage(encoded, {}));
    EXPECT_EQ(header.width, width);
    EXPECT_EQ(header.height, height);
    EXPECT_EQ(header.orientation, orientation);
    if (fields[4] == "baseline") {
      EXPECT_EQ(header.jpeg_scans, 1);
    }
    if (fields[4] == "progressive") {
      EXPECT_GT(header.jpeg_scans, 5);
    }

    ASSERT_OK_AND_ASSIGN(const RgbImage image, decoder->Decode(encoded));
    EXPECT_EQ(image.width, header.UprightIsTransposed() ? height : width);
    EXPECT_EQ(image.height, header.UprightIsTransposed() ? width : height);
    ASSERT_OK_AND_ASSIGN(const RgbImage small, decoder->Decode(encoded, /*min_side=*/256));
    EXPECT_GE(std::min(small.width, small.height), 256);
    EXPECT_EQ(small.original_width, header.UprightIsTransposed() ? height : width);
    ++images;
  }
  EXPECT_GE(images, 10);
}

}  // namespace
}  // namespace onebyone
