#include <gmock/gmock.h>
#include <unistd.h>

#include <cstdlib>
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

// The shorter side is resized to `shorter` (0: not at all), then the middle is cut out.
struct Fit {
  int64_t shorter;
  int64_t width;
  int64_t height;
};

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

  // What Pillow makes of `encoded`, one picture for each fit.
  std::vector<Picture> FitAll(const std::string& encoded, const std::vector<Fit>& fits) {
    const std::string source = folder_ / "picture";
    const std::string target = folder_ / "fitted";
    std::ofstream(source, std::ios::binary) << encoded;
    std::string command =
        absl::StrCat(python_, " ", testing::SourceFolder(), "/tests/image/pillow_fit.py ", source, " ", target);
    for (const Fit& fit : fits) absl::StrAppend(&command, " ", fit.shorter, ",", fit.width, ",", fit.height);
    EXPECT_EQ(std::system(command.c_str()), 0) << command;
    std::ifstream file(target, std::ios::binary);
    std::vector<Picture> pictures;
    for (const Fit& fit : fits) {
      Picture& picture = pictures.emplace_back(fit.width, fit.height);
      file.read(reinterpret_cast<char*>(&picture.at(0, 0).red), picture.byte_count());
      EXPECT_EQ(file.gcount(), picture.byte_count());
    }
    return pictures;
  }

  std::string python_;
  std::filesystem::path folder_;
};

Picture OurFit(const RgbImage& image, const Fit& fit) {
  PreprocessOptions options;
  options.width = fit.width;
  options.height = fit.height;
  options.resize_shorter_side = fit.shorter;
  return Fitted(image, options);
}

TEST_F(Pillow, ResizesPhotographsAsWeDoToTheBit) {
  SKIP_WITHOUT_SHARED("images/good");
  const std::vector<Fit> fits = {{256, 224, 224}, {342, 299, 299}, {255, 224, 201}, {1100, 900, 1000}};
  for (const std::string name : {"astronaut", "cat_chelsea", "exif_rotated_6", "photo_12mp_baseline"}) {
    const std::string encoded = testing::ReadShared(absl::StrCat("images/good/", name, ".jpg"));
    const auto decoder = testing::MakeDecoder();
    ASSERT_OK_AND_ASSIGN(const RgbImage image, decoder->Decode(encoded));
    const std::vector<Picture> expected = FitAll(encoded, fits);
    for (size_t i = 0; i < fits.size(); ++i) {
      EXPECT_EQ(testing::LargestDifference(OurFit(image, fits[i]), expected[i]), 0)
          << name << " to " << fits[i].shorter;
    }
  }
}

TEST_F(Pillow, ResizesSmallPicturesAsWeDoToTheBit) {
  const Fit fit{64, 60, 57};
  for (const auto& [width, height] : {std::pair<int64_t, int64_t>{1, 1}, {3, 2}, {17, 300}, {225, 223}, {1000, 40}}) {
    const std::string encoded = testing::EncodePng(testing::Waves(width, height));
    const Picture picture = testing::DecodeAll(encoded);
    EXPECT_EQ(testing::LargestDifference(OurFit(picture.AsImage(), fit), FitAll(encoded, {fit})[0]), 0)
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
    EXPECT_LE(testing::LargestDifference(ours, FitAll(encoded, {{0, ours.width(), ours.height()}})[0]), 1);
  }
}

TEST_F(Pillow, SeesNearlyTheSameInAPhotographDecodedAtASmallerScale) {
  SKIP_WITHOUT_SHARED("images/good");
  const Fit fit{256, 224, 224};
  for (const std::string name : {"photo_2mp_street", "exif_rotated_6"}) {
    const std::string encoded = testing::ReadShared(absl::StrCat("images/good/", name, ".jpg"));
    const auto decoder = testing::MakeDecoder();
    ASSERT_OK_AND_ASSIGN(const RgbImage image, decoder->Decode(encoded, fit.shorter));
    ASSERT_GT(image.scale_down, 1);
    const double difference = testing::MeanDifference(OurFit(image, fit), FitAll(encoded, {fit})[0]);
    RecordProperty(name, absl::StrCat(difference));
    EXPECT_LT(difference, 3) << name;
  }
}

}  // namespace
}  // namespace onebyone
