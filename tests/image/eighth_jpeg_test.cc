#include <gmock/gmock.h>

#include <cstdlib>
#include <iostream>
#include <random>
#include <sstream>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "engine/image/eighth_jpeg_decoder.h"
#include "engine/image/jpeg_decoder.h"
#include "engine/image/scaled_side.h"
#include "engine/tensor/aligned_buffer.h"
#include "tests/image/encoded.h"
#include "tests/image/encoded_jpeg.h"
#include "tests/testing/folders.h"
#include "tests/testing/status_matchers.h"

// The decoder of our own for 1/8 scale against libjpeg, which it must equal to the bit, and never let in more.

namespace onebyone {
namespace {

using ::onebyone::testing::EncodeJpeg;
using ::onebyone::testing::JpegParts;
using ::onebyone::testing::Noise;
using ::onebyone::testing::Picture;
using ::onebyone::testing::Waves;

const std::string kEndOfImage = "\xFF\xD9";

Picture EighthOf(const ImageHeader& header) { return {ScaledSide(header.width, 8), ScaledSide(header.height, 8)}; }
uint8_t* BytesOf(Picture& picture) { return const_cast<uint8_t*>(picture.bytes()); }

enum class Verdict { kSame, kNotForIt, kDiffers };
std::ostream& operator<<(std::ostream& out, Verdict verdict) {
  return out << (verdict == Verdict::kSame       ? "decodes as libjpeg does"
                 : verdict == Verdict::kNotForIt ? "is left to libjpeg"
                                                 : "differs from libjpeg");
}

// What `decoder` makes of a JPEG, beside libjpeg. What ProbeImage refuses comes to neither.
Verdict Compare(EighthJpegDecoder& decoder, const std::string& encoded) {
  const auto header = ProbeImage(encoded, {});
  if (!header.ok() || header->format != ImageFormat::kJpeg) return Verdict::kNotForIt;
  Picture ours = EighthOf(*header);
  if (!decoder.Decode(encoded, *header, BytesOf(ours))) return Verdict::kNotForIt;
  Picture theirs = EighthOf(*header);
  if (!DecodeJpeg(encoded, *header, 8, 64, nullptr, BytesOf(theirs)).ok()) return Verdict::kDiffers;
  return testing::LargestDifference(ours, theirs) == 0 ? Verdict::kSame : Verdict::kDiffers;
}

Verdict Compare(const std::string& encoded) { return Compare(*std::make_unique<EighthJpegDecoder>(), encoded); }

std::vector<JpegParts> UsualParts() {
  std::vector<JpegParts> all;
  for (const int quality : {1, 30, 75, 90, 98, 100}) {
    for (const bool own_tables : {false, true}) {
      for (const int restart_interval : {0, 1, 3, 100}) {
        JpegParts parts;
        parts.quality = quality;
        parts.own_tables = own_tables;
        parts.restart_interval = restart_interval;
        for (const int horizontal : {1, 2}) {
          for (const int vertical : {1, 2}) {
            parts.horizontal = horizontal;
            parts.vertical = vertical;
            all.push_back(parts);
          }
        }
        parts.horizontal = parts.vertical = 1;
        parts.gray = true;
        all.push_back(parts);
      }
    }
  }
  return all;
}

TEST(EighthJpeg, EqualsLibjpegOnWhatEncodersWrite) {
  const auto decoder = std::make_unique<EighthJpegDecoder>();
  const std::vector<Picture> pictures = {Waves(200, 120), Noise(77, 61, 1), Picture(33, 17, {200, 30, 90})};
  for (const JpegParts& parts : UsualParts()) {
    SCOPED_TRACE(::testing::PrintToString(parts));
    for (const Picture& picture : pictures) {
      ASSERT_EQ(Compare(*decoder, EncodeJpeg(picture, parts)), Verdict::kSame) << picture.width();
    }
  }
}

TEST(EighthJpeg, EqualsLibjpegAtEverySizeOfTheLastMcu) {
  const auto decoder = std::make_unique<EighthJpegDecoder>();
  for (const auto& [horizontal, vertical] : {std::pair(1, 1), std::pair(2, 1), std::pair(1, 2), std::pair(2, 2)}) {
    JpegParts parts;
    parts.horizontal = horizontal;
    parts.vertical = vertical;
    for (int64_t width = 1; width <= 34; ++width) {
      for (const int64_t height : {width, int64_t{35} - width, int64_t{8}}) {
        ASSERT_EQ(Compare(*decoder, EncodeJpeg(Noise(width, height, 2), parts)), Verdict::kSame)
            << width << "x" << height << ", " << ::testing::PrintToString(parts);
      }
    }
  }
}

TEST(EighthJpeg, EqualsLibjpegOnPhotographs) {
  SKIP_WITHOUT_SHARED("images/good");
  const auto decoder = std::make_unique<EighthJpegDecoder>();
  std::istringstream lines(testing::ReadShared("images/good/manifest.csv"));
  std::string line;
  int same = 0;
  while (std::getline(lines, line)) {
    const std::vector<std::string> fields = absl::StrSplit(line, ',');
    if (fields.size() < 5 || !absl::EndsWith(fields[0], ".jpg")) continue;
    const bool is_usual = fields[4] == "baseline";
    EXPECT_EQ(Compare(*decoder, testing::ReadShared("images/good/" + fields[0])),
              is_usual ? Verdict::kSame : Verdict::kNotForIt)
        << fields[0];
    same += is_usual ? 1 : 0;
  }
  EXPECT_GE(same, 5);
}

TEST(EighthJpeg, IsFoundByTheMarkersThatMeanYcc) {
  JpegParts parts;
  parts.jfif_marker = false;
  EXPECT_EQ(Compare(EncodeJpeg(Waves(64, 48), parts)), Verdict::kSame) << "components 1, 2, 3";
  parts.adobe_marker = true;
  EXPECT_EQ(Compare(EncodeJpeg(Waves(64, 48), parts)), Verdict::kSame) << "Adobe's YCbCr";
  parts.rgb = true;
  parts.horizontal = parts.vertical = 1;
  EXPECT_EQ(Compare(EncodeJpeg(Waves(64, 48), parts)), Verdict::kNotForIt) << "Adobe's RGB";
}

TEST(EighthJpeg, LeavesTheUnusualToLibjpeg) {
  const Picture picture = Waves(64, 48);
  JpegParts parts;
  parts.progressive = true;
  EXPECT_EQ(Compare(EncodeJpeg(picture, parts)), Verdict::kNotForIt) << "progressive";
  parts = {};
  parts.horizontal = 4;
  EXPECT_EQ(Compare(EncodeJpeg(picture, parts)), Verdict::kNotForIt) << "4x2";
  parts.gray = true;
  EXPECT_EQ(Compare(EncodeJpeg(picture, parts)), Verdict::kNotForIt) << "gray, 4x2";
  const std::vector<uint8_t> cmyk(4 * 16 * 16, 100);
  EXPECT_EQ(Compare(testing::EncodeCmykJpeg(16, 16, cmyk, true)), Verdict::kNotForIt);
}

// What is damaged here, libjpeg warns of or refuses.
TEST(EighthJpeg, LeavesTheDamagedToLibjpeg) {
  JpegParts parts;
  parts.restart_interval = 2;
  const std::string whole = EncodeJpeg(Waves(96, 64), parts);
  ASSERT_EQ(Compare(whole), Verdict::kSame);
  const std::string pixels = whole.substr(0, whole.size() - 2);
  EXPECT_EQ(Compare(pixels + "x" + kEndOfImage), Verdict::kNotForIt) << "a byte left over";
  EXPECT_EQ(Compare(pixels + "\xFF\xD0" + kEndOfImage), Verdict::kNotForIt) << "a restart after the last MCU";
  EXPECT_EQ(Compare(pixels.substr(0, pixels.size() - 4) + kEndOfImage), Verdict::kNotForIt) << "ends early";
  const size_t restart = whole.find("\xFF\xD1");
  ASSERT_NE(restart, std::string::npos);
  std::string changed = whole;
  changed[restart + 1] = '\xD2';
  EXPECT_EQ(Compare(changed), Verdict::kNotForIt) << "another restart marker";
  changed = whole;
  changed.erase(restart, 2);
  EXPECT_EQ(Compare(changed), Verdict::kNotForIt) << "no restart marker";
  for (size_t bytes = 0; bytes < pixels.size(); ++bytes) {
    ASSERT_EQ(Compare(whole.substr(0, bytes) + kEndOfImage), Verdict::kNotForIt) << bytes << " bytes";
  }
}

TEST(EighthJpeg, IsWhatTheImageDecoderUses) {
  const std::string encoded = EncodeJpeg(Waves(300, 200), JpegParts{});
  ASSERT_OK_AND_ASSIGN(const ImageHeader header, ProbeImage(encoded, {}));
  Picture theirs = EighthOf(header);
  ASSERT_TRUE(DecodeJpeg(encoded, header, 8, 64, nullptr, BytesOf(theirs)).ok());
  const auto decoder = testing::MakeDecoder();
  ASSERT_OK_AND_ASSIGN(const RgbImage image, decoder->Decode(encoded, /*min_side=*/25));
  EXPECT_EQ(image.scale_down, 8);
  EXPECT_EQ(testing::LargestDifference(Picture(image), theirs), 0);
}

TEST(EighthJpeg, TakesNoMemoryOnceItIsWarm) {
  const auto decoder = std::make_unique<EighthJpegDecoder>();
  const std::vector<std::string> images = {EncodeJpeg(Waves(300, 200), JpegParts{}),
                                           EncodeJpeg(Waves(100, 300), JpegParts{})};
  for (const std::string& image : images) ASSERT_EQ(Compare(*decoder, image), Verdict::kSame);
  const int64_t before = AlignedBuffer::TotalCreated();
  for (const std::string& image : images) ASSERT_EQ(Compare(*decoder, image), Verdict::kSame);
  EXPECT_EQ(AlignedBuffer::TotalCreated(), before);
}

// Flips, cuts and repeats, half of them in the headers. The end of image is put back, since ProbeImage wants one.
std::string Mutated(std::string bytes, std::mt19937& random) {
  const auto below = [&](size_t end) { return std::uniform_int_distribution<size_t>(0, end - 1)(random); };
  const size_t changes = 1 + below(3);
  for (size_t i = 0; i < changes; ++i) {
    const size_t at = below(below(2) == 0 ? std::min<size_t>(bytes.size(), 650) : bytes.size());
    switch (below(6)) {
      case 0: bytes[at] = static_cast<char>(below(256)); break;
      case 1:
      case 2: bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8))); break;
      case 3: bytes.erase(at, 1 + below(4)); break;
      case 4: bytes.insert(at, bytes.substr(below(bytes.size()), 1 + below(4))); break;
      default: bytes[at] = below(2) == 0 ? '\0' : '\xFF'; break;
    }
    if (bytes.empty()) return kEndOfImage;
  }
  if (below(16) == 0) bytes.resize(below(bytes.size()));
  return absl::EndsWith(bytes, kEndOfImage) ? bytes : bytes + kEndOfImage;
}

TEST(EighthJpeg, LetsInNothingDamagedThatLibjpegRefuses) {
  const std::string given = testing::FromEnvironment("ONEBYONE_SEED", "");
  const uint32_t seed =
      given.empty() ? std::random_device{}() : static_cast<uint32_t>(std::strtoul(given.c_str(), nullptr, 10));
  std::cout << "ONEBYONE_SEED=" << seed << std::endl;
  std::mt19937 random(seed);
  const auto decoder = std::make_unique<EighthJpegDecoder>();
  int same = 0;
  for (JpegParts parts : UsualParts()) {
    if (parts.restart_interval == 100) continue;
    SCOPED_TRACE(::testing::PrintToString(parts));
    const std::string encoded = EncodeJpeg(parts.quality > 90 ? Noise(40, 24, seed) : Waves(120, 72), parts);
    for (int i = 0; i < 60; ++i) {
      const Verdict verdict = Compare(*decoder, Mutated(encoded, random));
      ASSERT_NE(verdict, Verdict::kDiffers) << "change " << i;
      same += verdict == Verdict::kSame ? 1 : 0;
    }
  }
  EXPECT_GT(same, 100) << "many changes leave a picture decodable";
}

}  // namespace
}  // namespace onebyone
