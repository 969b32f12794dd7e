#include <gmock/gmock.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "tests/image/fitted.h"
#include "tests/testing/folders.h"
#include "tests/testing/status_matchers.h"

// What training frameworks see is what Pillow makes of a picture: we must see the same.

namespace onebyone {
namespace {

using ::onebyone::testing::Fitted;
using ::onebyone::testing::Picture;

// A Python that has Pillow, or nothing.
std::string FindPython() {
  for (const std::string python : {"/usr/bin/python3", "python3"}) {
    if (std::system(absl::StrCat(python, " -c 'import PIL' >/dev/null 2>&1").c_str()) == 0) return python;
  }
  return "";
}

class Pillow : public ::testing::Test {
 protected:
  void SetUp() override {
    python_ = FindPython();
    if (python_.empty()) GTEST_SKIP() << "no Python with Pillow; install the package python3-pil to run this test";
    folder_ = std::filesystem::temp_directory_path() / absl::StrCat("onebyone_pillow_", getpid());
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override {
    if (!folder_.empty()) std::filesystem::remove_all(folder_);
  }

  // What Pillow makes of `encoded`.
  Picture Fit(const std::string& encoded, int64_t shorter, int64_t width, int64_t height) {
    const std::string source = folder_ / "picture";
    const std::string target = folder_ / "fitted";
    std::ofstream(source, std::ios::binary) << encoded;
    const std::string command = absl::StrCat(python_, " ", testing::SourceFolder(), "/tests/image/pillow_fit.py ",
                                             source, " ", shorter, " ", width, " ", height, " ", target);
    EXPECT_EQ(std::system(command.c_str()), 0) << command;
    std::ifstream file(target, std::ios::binary);
    const std::string raw(std::istreambuf_iterator<char>(file), {});
    Picture picture(width, height);
    EXPECT_EQ(static_cast<int64_t>(raw.size()), picture.byte_count());
    if (static_cast<int64_t>(raw.size()) == picture.byte_count())
      std::memcpy(&picture.at(0, 0), raw.data(), raw.size());
    return picture;
  }

  std::string python_;
  std::filesystem::path folder_;
};

PreprocessOptions Options(int64_t width, int64_t height, int64_t shorter) {
  PreprocessOptions options;
  options.width = width;
  options.height = height;
  options.resize_shorter_side = shorter;
  return options;
}

TEST_F(Pillow, ResizesPhotographsAsWeDoToWithinOneGreyLevel) {
  SKIP_WITHOUT_SHARED("images/good");
  for (const std::string name :
       {"astronaut", "cat_chelsea", "coffee", "exif_rotated_6", "photo_2mp_street", "photo_12mp_baseline"}) {
    const std::string encoded = testing::ReadShared(absl::StrCat("images/good/", name, ".jpg"));
    const auto decoder = testing::MakeDecoder();
    ASSERT_OK_AND_ASSIGN(const RgbImage image, decoder->Decode(encoded));
    for (const auto& [shorter, width, height] :
         {std::array<int64_t, 3>{256, 224, 224}, {342, 299, 299}, {255, 224, 201}, {1100, 900, 1000}}) {
      const Picture expected = Fit(encoded, shorter, width, height);
      const int difference = testing::LargestDifference(Fitted(image, Options(width, height, shorter)), expected);
      EXPECT_LE(difference, 1) << name << " to " << shorter << ", cut to " << width << "x" << height;
    }
  }
}

TEST_F(Pillow, ResizesSmallPicturesAsWeDo) {
  for (const auto& [width, height] : {std::pair<int64_t, int64_t>{1, 1}, {3, 2}, {17, 300}, {225, 223}, {1000, 40}}) {
    const std::string encoded = testing::EncodePng(testing::Waves(width, height));
    const Picture picture = testing::DecodeAll(encoded);
    const Picture expected = Fit(encoded, 64, 60, 57);
    EXPECT_LE(testing::LargestDifference(Fitted(picture.AsImage(), Options(60, 57, 64)), expected), 1)
        << width << "x" << height;
  }
}

TEST_F(Pillow, DecodesJpegsAsWeDo) {
  std::vector<uint8_t> inks;
  for (int i = 0; i < 64 * 48 * 4; ++i) inks.push_back(static_cast<uint8_t>(i * i / 300));
  const std::vector<std::string> images = {
      testing::EncodeJpeg(testing::Waves(123, 77)),
      testing::EncodeJpeg(testing::Waves(123, 77), 70, /*progressive=*/true),
      testing::WithJpegSegment(testing::EncodeJpeg(testing::Waves(50, 99)), 0xE1, testing::Exif(7)),
      testing::EncodeCmykJpeg(64, 48, inks, /*adobe=*/true)};
  for (const std::string& encoded : images) {
    const Picture ours = testing::DecodeAll(encoded);
    const Picture theirs = Fit(encoded, 0, ours.width(), ours.height());
    EXPECT_LE(testing::LargestDifference(ours, theirs), 1);
  }
}

TEST_F(Pillow, SeesTheSameInAPhotographDecodedAtASmallerScale) {
  SKIP_WITHOUT_SHARED("images/good");
  for (const std::string name : {"photo_2mp_street", "photo_12mp_baseline", "exif_rotated_6"}) {
    const std::string encoded = testing::ReadShared(absl::StrCat("images/good/", name, ".jpg"));
    const auto decoder = testing::MakeDecoder();
    ASSERT_OK_AND_ASSIGN(const RgbImage image, decoder->Decode(encoded, /*min_side=*/256));
    ASSERT_GT(image.scale_down, 1);
    const double difference =
        testing::MeanDifference(Fitted(image, Options(224, 224, 256)), Fit(encoded, 256, 224, 224));
    EXPECT_LT(difference, 4) << name;
    RecordProperty(name, absl::StrCat(difference));
  }
}

}  // namespace
}  // namespace onebyone
