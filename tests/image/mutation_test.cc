#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <random>

#include "engine/image/image_decoder.h"
#include "tests/image/encoded.h"
#include "tests/image/encoded_png.h"
#include "tests/testing/folders.h"

// Nothing that a sender can do to a file ends the process. ONEBYONE_SEED repeats a run.

namespace onebyone {
namespace {

using ::onebyone::testing::Waves;

class Mutator {
 public:
  explicit Mutator(uint32_t seed) : random_(seed) {}

  std::string Mutate(std::string bytes) {
    const int changes = 1 + Below(8);
    // Half of all changes hit the headers, where they do most.
    for (int i = 0; i < changes && !bytes.empty(); ++i) {
      const size_t reach = Below(2) == 0 ? std::min<size_t>(bytes.size(), 200) : bytes.size();
      const size_t at = static_cast<size_t>(Below(static_cast<int>(reach)));
      switch (Below(5)) {
        case 0: bytes[at] = static_cast<char>(Below(256)); break;
        case 1: bytes[at] = static_cast<char>(bytes[at] ^ (1 << Below(8))); break;
        case 2: bytes.erase(at, static_cast<size_t>(1 + Below(16))); break;
        case 3: bytes.insert(at, bytes.substr(static_cast<size_t>(Below(static_cast<int>(bytes.size()))), 16)); break;
        default: bytes[at] = Below(2) == 0 ? '\0' : '\xFF'; break;
      }
    }
    if (Below(8) == 0) bytes.resize(static_cast<size_t>(Below(static_cast<int>(bytes.size()) + 1)));
    if (Below(4) != 0 && bytes.size() > 4 && bytes.compare(1, 3, "PNG") == 0) testing::FixChecksums(bytes);
    return bytes;
  }

  int Below(int end) { return std::uniform_int_distribution<int>(0, end - 1)(random_); }

 private:
  std::mt19937 random_;
};

std::vector<std::string> Bases() {
  const testing::Picture picture = Waves(56, 40);
  testing::PngParts deep;
  deep.width = deep.height = 12;
  deep.depth = 16;
  deep.color = 6;
  deep.interlaced = true;
  for (int i = 0; i < 12 * 12 * 4; ++i) deep.samples.push_back(i * 113);
  testing::PngParts palette;
  palette.width = palette.height = 12;
  palette.depth = 4;
  palette.color = 3;
  for (int i = 0; i < 12 * 12; ++i) palette.samples.push_back(i % 16);
  palette.before_image = testing::PngChunkBytes("PLTE", std::string(48, 'p')) + testing::PngChunkBytes("tRNS", "abc");
  return {testing::EncodeJpeg(picture),
          testing::WithJpegSegment(testing::EncodeJpeg(picture, 80, /*progressive=*/true), 0xE1, testing::Exif(7)),
          testing::EncodeCmykJpeg(16, 16, std::vector<uint8_t>(1024, 99), /*adobe=*/true),
          testing::EncodePng(picture),
          testing::EncodePng(deep),
          testing::EncodePng(palette),
          testing::EncodeWebp(picture, false),
          testing::EncodeWebp(picture, true),
          testing::WithWebpExif(testing::EncodeWebp(picture, false), 56, 40, testing::Exif(5)),
          testing::EncodeAlphaWebp(picture, 77, false),
          testing::EncodeBmp(picture)};
}

TEST(Mutation, EndsInAnErrorOrAPictureWithinLimits) {
  const std::string given = testing::FromEnvironment("ONEBYONE_SEED", "");
  const uint32_t seed =
      given.empty() ? std::random_device{}() : static_cast<uint32_t>(std::strtoul(given.c_str(), nullptr, 10));
  std::cout << "ONEBYONE_SEED=" << seed << std::endl;
  Mutator mutator(seed);
  ImageLimits limits;
  limits.max_pixels = 1 << 20;
  const auto decoder = testing::MakeDecoder(limits);
  int decoded = 0;
  for (const std::string& base : Bases()) {
    for (int i = 0; i < 400; ++i) {
      const std::string mutated = mutator.Mutate(base);
      const auto image = decoder->Decode(mutated, mutator.Below(40));
      if (!image.ok()) {
        ASSERT_EQ(image.status().code(), absl::StatusCode::kInvalidArgument) << image.status();
        continue;
      }
      ++decoded;
      ASSERT_LE(image->width * image->height, limits.max_pixels);
      // Every pixel can be read.
      uint32_t sum = 0;
      for (int64_t at = 0; at < 3 * image->width * image->height; ++at) sum += image->pixels[at];
      ASSERT_LE(sum, 255u * 3 * static_cast<uint32_t>(image->width * image->height));
    }
  }
  EXPECT_GT(decoded, 0) << "changes that leave a picture whole are common";
}

}  // namespace
}  // namespace onebyone
