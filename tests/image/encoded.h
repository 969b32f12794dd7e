#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/image/image_decoder.h"

// Pictures and their encodings, made in the tests.

namespace onebyone::testing {

struct Rgb {
  uint8_t red = 0;
  uint8_t green = 0;
  uint8_t blue = 0;
  friend bool operator==(const Rgb& a, const Rgb& b) = default;
};
void PrintTo(const Rgb& color, std::ostream* out);

// An owned RGB picture.
class Picture {
 public:
  Picture(int64_t width, int64_t height, Rgb fill = {});
  explicit Picture(const RgbImage& image);

  int64_t width() const { return width_; }
  int64_t height() const { return height_; }
  Rgb& at(int64_t x, int64_t y) { return pixels_[static_cast<size_t>(y * width_ + x)]; }
  const Rgb& at(int64_t x, int64_t y) const { return pixels_[static_cast<size_t>(y * width_ + x)]; }
  const uint8_t* bytes() const { return &pixels_[0].red; }
  int64_t byte_count() const { return 3 * width_ * height_; }
  RgbImage AsImage() const;

 private:
  int64_t width_;
  int64_t height_;
  std::vector<Rgb> pixels_;
};

// Smooth waves with a little noise: nothing in it repeats, no two corners are alike.
Picture Waves(int64_t width, int64_t height);

// Largest difference of any channel of any pixel; 256 where sizes differ.
int LargestDifference(const Picture& a, const Picture& b);
double MeanDifference(const Picture& a, const Picture& b);

std::string EncodeJpeg(const Picture& picture, int quality = 95, bool progressive = false);
std::string EncodeCmykJpeg(int64_t width, int64_t height, const std::vector<uint8_t>& cmyk, bool adobe);
std::string EncodePng(const Picture& picture);
std::string EncodeWebp(const Picture& picture, bool lossless);
std::string EncodeAlphaWebp(const Picture& picture, uint8_t alpha, bool lossless);
std::string EncodeBmp(const Picture& picture);

// An EXIF block with "Exif\0\0" before it.
std::string Exif(int orientation, bool big_endian = false);

std::string WithJpegSegment(const std::string& jpeg, uint8_t marker, absl::string_view body);
std::string WithWebpExif(const std::string& webp, int64_t width, int64_t height, absl::string_view exif);

std::string LittleEndian(uint32_t value, int bytes);
std::string BigEndian(uint32_t value, int bytes);

// The whole file, under ../shared.
std::string ReadShared(const std::string& path);

std::unique_ptr<ImageDecoder> MakeDecoder(const ImageLimits& limits = {});

// Every pixel, by a decoder of its own. A picture that does not decode fails the test and comes out 1 x 1.
Picture DecodeAll(const std::string& encoded);

}  // namespace onebyone::testing
