#include "engine/workbench/raw_pixels.h"

#include <gtest/gtest.h>

#include "tests/bundle/bundle_files.h"
#include "tests/testing/status_matchers.h"
#include "tests/workbench/small_pictures.h"

namespace onebyone {
namespace {

using ::onebyone::testing::StatusIs;
using ::onebyone::testing::TemporaryFolder;

std::vector<float> Averaged(int64_t height, int64_t width, float (*pixel)(int64_t c, int64_t y, int64_t x)) {
  Tensor picture = *Tensor::Create(DataType::kFloat32, {1, 3, height, width});
  auto* to = picture.As<float>();
  for (int64_t c = 0; c < 3; ++c) {
    for (int64_t y = 0; y < height; ++y) {
      for (int64_t x = 0; x < width; ++x) *to++ = pixel(c, y, x);
    }
  }
  std::vector<float> pixels(kRawDimension, -1);
  AverageToRawSide(picture.view(), absl::MakeSpan(pixels));
  return pixels;
}

size_t At(int64_t channel, int64_t y, int64_t x) {
  return static_cast<size_t>((channel * kRawSide + y) * kRawSide + x);
}

TEST(AverageToRawSide, AveragesWholeBlocks) {
  const auto pixels =
      Averaged(64, 96, [](int64_t c, int64_t y, int64_t x) { return static_cast<float>(1000 * c + 10 * y + x); });
  EXPECT_FLOAT_EQ(pixels[At(0, 0, 0)], 10 * 0.5F + 1);
  EXPECT_FLOAT_EQ(pixels[At(2, 31, 31)], 2000 + 10 * 62.5F + 94);
}

TEST(AverageToRawSide, CoversEveryPixelOfSidesThatAreNoMultiple) {
  const auto pixels = Averaged(33, 33, [](int64_t, int64_t y, int64_t) { return static_cast<float>(y); });
  EXPECT_FLOAT_EQ(pixels[At(1, 0, 5)], 0.5F);    // rows 0 and 1
  EXPECT_FLOAT_EQ(pixels[At(1, 31, 5)], 31.5F);  // rows 31 and 32
}

TEST(AverageToRawSide, RepeatsThePixelsOfAPictureThatIsSmaller) {
  const auto pixels = Averaged(16, 16, [](int64_t, int64_t y, int64_t x) { return static_cast<float>(16 * y + x); });
  EXPECT_EQ(pixels[At(0, 0, 0)], 0);
  EXPECT_EQ(pixels[At(0, 1, 1)], 0);
  EXPECT_EQ(pixels[At(0, 31, 31)], 255);
}

TEST(ReadRawPixels, AreThoseOfThePictureWhateverTheNetworkMakesOfThem) {
  const TemporaryFolder folder;
  const std::vector<std::string> paths = testing::WriteSmallPictures(folder, "in", 3);
  PreprocessOptions plain = {.width = 32, .height = 32, .resize_shorter_side = 36};
  PreprocessOptions normalized = plain;
  normalized.color = ColorOrder::kBgr;
  normalized.mean = {104, 117, 123};
  normalized.scale = 0.5F;
  const Cancellation cancellation;
  Progress progress(nullptr);
  ASSERT_OK_AND_ASSIGN(const RawPixels a, ReadRawPixels(paths, plain, 1, cancellation, progress));
  ASSERT_OK_AND_ASSIGN(const RawPixels b, ReadRawPixels(paths, normalized, 3, cancellation, progress));
  for (int64_t i = 0; i < a.pixels.elements(); ++i) ASSERT_EQ(a.pixels.As<float>()[i], b.pixels.As<float>()[i]);
}

TEST(ReadRawPixels, TellWhichFilesAreNoPictures) {
  const TemporaryFolder folder;
  std::vector<std::string> paths = testing::WriteSmallPictures(folder, "in", 1);
  paths.push_back(folder.Write("in/text.jpg", "no picture"));
  paths.push_back(folder / "in/none.jpg");
  const Cancellation cancellation;
  Progress progress(nullptr);
  ASSERT_OK_AND_ASSIGN(const RawPixels raw, ReadRawPixels(paths, {}, 2, cancellation, progress));
  EXPECT_THAT(raw.reading[0], testing::IsOk());
  EXPECT_THAT(raw.reading[1], StatusIs(absl::StatusCode::kInvalidArgument, ::testing::_));
  EXPECT_THAT(raw.reading[2], StatusIs(absl::StatusCode::kNotFound, ::testing::_));
}

}  // namespace
}  // namespace onebyone
