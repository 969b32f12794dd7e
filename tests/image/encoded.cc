#include "tests/image/encoded.h"

// clang-format off
#include <cstddef>
#include <cstdio>
#include <jpeglib.h>  // uses size_t and FILE without including them
// clang-format on

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <ostream>

#include "absl/strings/str_cat.h"
#include "tests/testing/folders.h"

namespace onebyone::testing {
namespace {

std::string Encode(const char* ending, const cv::Mat& bgr, const std::vector<int>& parameters) {
  std::vector<uint8_t> bytes;
  cv::imencode(ending, bgr, bytes, parameters);
  return std::string(bytes.begin(), bytes.end());
}

cv::Mat BgrOf(const Picture& picture) {
  const cv::Mat rgb(static_cast<int>(picture.height()), static_cast<int>(picture.width()), CV_8UC3,
                    const_cast<uint8_t*>(picture.bytes()));
  cv::Mat bgr;
  cv::cvtColor(rgb, bgr, cv::COLOR_RGB2BGR);
  return bgr;
}

}  // namespace

void PrintTo(const Rgb& color, std::ostream* out) {
  *out << absl::StrCat("(", color.red, ", ", color.green, ", ", color.blue, ")");
}

Picture::Picture(int64_t width, int64_t height, Rgb fill)
    : width_(width), height_(height), pixels_(static_cast<size_t>(width * height), fill) {}

Picture::Picture(const RgbImage& image) : Picture(image.width, image.height) {
  std::memcpy(&pixels_[0].red, image.pixels, static_cast<size_t>(byte_count()));
}

RgbImage Picture::AsImage() const {
  RgbImage image;
  image.pixels = bytes();
  image.width = image.original_width = width_;
  image.height = image.original_height = height_;
  return image;
}

Picture Waves(int64_t width, int64_t height) {
  Picture picture(width, height);
  uint32_t noise = 12345;
  for (int64_t y = 0; y < height; ++y) {
    for (int64_t x = 0; x < width; ++x) {
      noise = noise * 1664525 + 1013904223;
      const double jitter = (noise >> 24) / 16.0;
      const double u = static_cast<double>(x) / static_cast<double>(width);
      const double v = static_cast<double>(y) / static_cast<double>(height);
      const auto level = [&](double wave) { return static_cast<uint8_t>(std::clamp(wave + jitter, 0.0, 255.0)); };
      picture.at(x, y) = {level(20 + 200 * u), level(110 + 100 * std::sin(7 * u + 5 * v)), level(210 - 190 * v)};
    }
  }
  return picture;
}

int LargestDifference(const Picture& a, const Picture& b) {
  if (a.width() != b.width() || a.height() != b.height()) return 256;
  int largest = 0;
  for (int64_t i = 0; i < a.byte_count(); ++i) largest = std::max(largest, std::abs(a.bytes()[i] - b.bytes()[i]));
  return largest;
}

double MeanDifference(const Picture& a, const Picture& b) {
  if (a.width() != b.width() || a.height() != b.height()) return 256;
  double sum = 0;
  for (int64_t i = 0; i < a.byte_count(); ++i) sum += std::abs(a.bytes()[i] - b.bytes()[i]);
  return sum / static_cast<double>(a.byte_count());
}

std::string EncodeJpeg(const Picture& picture, int quality, bool progressive) {
  return Encode(".jpg", BgrOf(picture),
                {cv::IMWRITE_JPEG_QUALITY, quality, cv::IMWRITE_JPEG_PROGRESSIVE, progressive ? 1 : 0});
}

std::string EncodePng(const Picture& picture) { return Encode(".png", BgrOf(picture), {}); }

std::string EncodeWebp(const Picture& picture, bool lossless) {
  return Encode(".webp", BgrOf(picture), {cv::IMWRITE_WEBP_QUALITY, lossless ? 101 : 90});
}

std::string EncodeAlphaWebp(const Picture& picture, uint8_t alpha, bool lossless) {
  cv::Mat bgra;
  cv::cvtColor(BgrOf(picture), bgra, cv::COLOR_BGR2BGRA);
  for (int y = 0; y < bgra.rows; ++y) {
    for (int x = 0; x < bgra.cols; ++x) bgra.at<cv::Vec4b>(y, x)[3] = alpha;
  }
  return Encode(".webp", bgra, {cv::IMWRITE_WEBP_QUALITY, lossless ? 101 : 90});
}

std::string EncodeBmp(const Picture& picture) { return Encode(".bmp", BgrOf(picture), {}); }

std::string EncodeCmykJpeg(int64_t width, int64_t height, const std::vector<uint8_t>& cmyk, bool adobe) {
  jpeg_compress_struct compress{};
  jpeg_error_mgr errors{};
  compress.err = jpeg_std_error(&errors);
  jpeg_create_compress(&compress);
  unsigned char* memory = nullptr;
  unsigned long bytes = 0;
  jpeg_mem_dest(&compress, &memory, &bytes);
  compress.image_width = static_cast<JDIMENSION>(width);
  compress.image_height = static_cast<JDIMENSION>(height);
  compress.input_components = 4;
  compress.in_color_space = JCS_CMYK;
  jpeg_set_defaults(&compress);
  jpeg_set_colorspace(&compress, adobe ? JCS_YCCK : JCS_CMYK);
  compress.write_Adobe_marker = adobe ? TRUE : FALSE;
  jpeg_set_quality(&compress, 100, TRUE);
  jpeg_start_compress(&compress, TRUE);
  while (compress.next_scanline < compress.image_height) {
    JSAMPROW row = const_cast<uint8_t*>(cmyk.data()) + 4 * width * compress.next_scanline;
    jpeg_write_scanlines(&compress, &row, 1);
  }
  jpeg_finish_compress(&compress);
  jpeg_destroy_compress(&compress);
  const std::string encoded(reinterpret_cast<const char*>(memory), bytes);
  std::free(memory);
  return encoded;
}

std::string LittleEndian(uint32_t value, int bytes) {
  std::string out;
  for (int i = 0; i < bytes; ++i) out.push_back(static_cast<char>(value >> 8 * i));
  return out;
}

std::string BigEndian(uint32_t value, int bytes) {
  const std::string reversed = LittleEndian(value, bytes);
  return std::string(reversed.rbegin(), reversed.rend());
}

std::string Exif(int orientation, bool big_endian) {
  const auto number = [&](uint32_t value, int bytes) {
    return big_endian ? BigEndian(value, bytes) : LittleEndian(value, bytes);
  };
  const std::string entry = absl::StrCat(number(0x0112, 2), number(3, 2), number(1, 4),
                                         number(static_cast<uint32_t>(orientation), 2), number(0, 2));
  return absl::StrCat(std::string("Exif\0\0", 6), big_endian ? "MM" : "II", number(42, 2), number(8, 4), number(1, 2),
                      entry, number(0, 4));
}

std::string WithJpegSegment(const std::string& jpeg, uint8_t marker, absl::string_view body) {
  const std::string segment = absl::StrCat("\xFF", std::string(1, static_cast<char>(marker)),
                                           BigEndian(static_cast<uint32_t>(body.size()) + 2, 2), body);
  return absl::StrCat(jpeg.substr(0, 2), segment, jpeg.substr(2));
}

std::string WithWebpExif(const std::string& webp, int64_t width, int64_t height, absl::string_view exif) {
  constexpr uint32_t kExifFlag = 0x08;
  const std::string extended = absl::StrCat("VP8X", LittleEndian(10, 4), LittleEndian(kExifFlag, 4),
                                            LittleEndian(static_cast<uint32_t>(width - 1), 3),
                                            LittleEndian(static_cast<uint32_t>(height - 1), 3));
  const std::string chunk = absl::StrCat("EXIF", LittleEndian(static_cast<uint32_t>(exif.size()), 4), exif,
                                         exif.size() % 2 == 1 ? std::string(1, '\0') : "");
  const std::string body = absl::StrCat("WEBP", extended, webp.substr(12), chunk);
  return absl::StrCat("RIFF", LittleEndian(static_cast<uint32_t>(body.size()), 4), body);
}

std::string ReadShared(const std::string& path) {
  std::ifstream file(absl::StrCat(SharedFolder(), "/", path), std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

std::unique_ptr<ImageDecoder> MakeDecoder(const ImageLimits& limits) { return *ImageDecoder::Create({limits}); }

Picture DecodeAll(const std::string& encoded) {
  const auto decoder = MakeDecoder();
  const auto image = decoder->Decode(encoded);
  EXPECT_TRUE(image.ok()) << image.status();
  return image.ok() ? Picture(*image) : Picture(1, 1);
}

}  // namespace onebyone::testing
