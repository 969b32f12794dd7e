#include "tests/benchmarks/hostile_files.h"

// clang-format off
#include <cstddef>
#include <cstdio>
#include <jpeglib.h>  // uses size_t and FILE without including them
// clang-format on

#include <zlib.h>

#include <cstdlib>
#include <functional>
#include <opencv2/imgcodecs.hpp>
#include <random>

#include "absl/strings/str_cat.h"

namespace onebyone::benchmarks {
namespace {

constexpr int kNoiseSide = 590;  // three bytes a pixel: 1 MB where nothing can be compressed

// --- JPEG

// Spectral bands of one component, each a scan, after one scan of all means.
std::vector<jpeg_scan_info> Scans(int components, int bands) {
  std::vector<jpeg_scan_info> scans;
  jpeg_scan_info means{};
  means.comps_in_scan = components;
  for (int i = 0; i < components; ++i) means.component_index[i] = i;
  scans.push_back(means);
  for (int component = 0; component < components; ++component) {
    for (int band = 0; band < bands; ++band) {
      jpeg_scan_info scan{};
      scan.comps_in_scan = 1;
      scan.component_index[0] = component;
      scan.Ss = 1 + 63 * band / bands;
      scan.Se = 63 * (band + 1) / bands;
      scans.push_back(scan);
    }
  }
  return scans;
}

struct JpegForm {
  int side = 0;
  int components = 3;
  int sampling = 1;  // of the first component, both ways
  int bands = 0;     // 0: one scan
  int quality = 90;
};

std::string Jpeg(const JpegForm& form, const std::function<uint8_t()>& sample) {
  jpeg_compress_struct compress{};
  jpeg_error_mgr errors{};
  compress.err = jpeg_std_error(&errors);
  jpeg_create_compress(&compress);
  unsigned char* memory = nullptr;
  unsigned long bytes = 0;
  jpeg_mem_dest(&compress, &memory, &bytes);
  compress.image_width = compress.image_height = static_cast<unsigned int>(form.side);
  compress.input_components = form.components;
  compress.in_color_space = form.components == 1 ? JCS_GRAYSCALE : form.components == 3 ? JCS_RGB : JCS_CMYK;
  jpeg_set_defaults(&compress);
  jpeg_set_quality(&compress, form.quality, TRUE);
  compress.optimize_coding = TRUE;
  for (int i = 0; i < form.components; ++i) {
    compress.comp_info[i].h_samp_factor = compress.comp_info[i].v_samp_factor = i == 0 ? form.sampling : 1;
  }
  std::vector<jpeg_scan_info> scans = Scans(form.components, form.bands);
  if (form.bands > 0) {
    compress.scan_info = scans.data();
    compress.num_scans = static_cast<int>(scans.size());
  }
  jpeg_start_compress(&compress, TRUE);
  std::vector<uint8_t> row(static_cast<size_t>(form.side) * form.components);
  while (compress.next_scanline < compress.image_height) {
    for (uint8_t& byte : row) byte = sample();
    JSAMPROW rows = row.data();
    jpeg_write_scanlines(&compress, &rows, 1);
  }
  jpeg_finish_compress(&compress);
  jpeg_destroy_compress(&compress);
  std::string encoded(reinterpret_cast<const char*>(memory), bytes);
  std::free(memory);
  return encoded;
}

// --- PNG

std::string BigEndian(uint32_t value) {
  std::string bytes;
  for (const int shift : {24, 16, 8, 0}) bytes.push_back(static_cast<char>(value >> shift));
  return bytes;
}

std::string Chunk(const std::string& type, const std::string& body) {
  const std::string checked = type + body;
  const auto sum = static_cast<uint32_t>(crc32_z(0, reinterpret_cast<const Bytef*>(checked.data()), checked.size()));
  return absl::StrCat(BigEndian(static_cast<uint32_t>(body.size())), checked, BigEndian(sum));
}

// Rows of `row_bytes` random or zero bytes behind the byte of the filter, deflated.
class Deflater {
 public:
  Deflater() { deflateInit(&stream_, Z_BEST_COMPRESSION); }
  ~Deflater() { deflateEnd(&stream_); }
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;

  void Add(std::string& row, int flush) {
    stream_.next_in = reinterpret_cast<Bytef*>(row.data());
    stream_.avail_in = static_cast<uInt>(row.size());
    do {
      char out[1 << 14];
      stream_.next_out = reinterpret_cast<Bytef*>(out);
      stream_.avail_out = sizeof(out);
      deflate(&stream_, flush);
      deflated_.append(out, sizeof(out) - stream_.avail_out);
    } while (stream_.avail_out == 0);
  }
  std::string Finish() {
    std::string nothing;
    Add(nothing, Z_FINISH);
    return deflated_;
  }

 private:
  z_stream stream_{};
  std::string deflated_;
};

struct PngForm {
  int side = 0;
  int depth = 8;
  int color = 2;
  bool interlaced = false;
  bool noise = false;
};

std::string Png(const PngForm& form) {
  constexpr char kPaeth = 4;
  const int64_t pixel_bits = int64_t{form.depth} * (form.color == 2 ? 3 : form.color == 6 ? 4 : 1);
  std::minstd_rand random(1);
  Deflater deflater;
  const auto add_rows = [&](int64_t width, int64_t height) {
    for (int64_t y = 0; width > 0 && y < height; ++y) {
      std::string row(static_cast<size_t>(1 + (width * pixel_bits + 7) / 8), '\0');
      for (size_t i = 1; form.noise && i < row.size(); ++i) row[i] = static_cast<char>(random() >> 8);
      row[0] = kPaeth;
      deflater.Add(row, Z_NO_FLUSH);
    }
  };
  if (form.interlaced) {
    struct Pass {
      int x, y, dx, dy;
    };
    for (const Pass& pass :
         {Pass{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}}) {
      add_rows((form.side - pass.x + pass.dx - 1) / pass.dx, (form.side - pass.y + pass.dy - 1) / pass.dy);
    }
  } else {
    add_rows(form.side, form.side);
  }
  const auto side = static_cast<uint32_t>(form.side);
  const std::string header = absl::StrCat(BigEndian(side), BigEndian(side)) +
                             std::string{static_cast<char>(form.depth), static_cast<char>(form.color), 0, 0,
                                         static_cast<char>(form.interlaced)};
  return absl::StrCat("\x89PNG\r\n\x1a\n", Chunk("IHDR", header), Chunk("IDAT", deflater.Finish()), Chunk("IEND", ""));
}

// --- WebP and BMP

// `one_in`: pixels for each dot; 0: none. `quality` over 100: lossless.
std::string Webp(int side, int type, int quality, int one_in) {
  cv::Mat picture(side, side, type, cv::Scalar(40, 90, 200, 120));
  std::minstd_rand random(1);
  if (one_in > 0) {
    const int64_t dots = int64_t{side} * side / one_in;
    for (int64_t i = 0; i < dots; ++i) {
      uint8_t* const pixel = picture.ptr(static_cast<int>(random() % side), static_cast<int>(random() % side));
      for (size_t channel = 0; channel < picture.elemSize(); ++channel) pixel[channel] = random() >> 8;
    }
  }
  std::vector<uint8_t> bytes;
  cv::imencode(".webp", picture, bytes, {cv::IMWRITE_WEBP_QUALITY, quality});
  return {bytes.begin(), bytes.end()};
}

std::string LittleEndian(uint32_t value, int bytes) {
  std::string out;
  for (int i = 0; i < bytes; ++i) out.push_back(static_cast<char>(value >> 8 * i));
  return out;
}

std::string Bmp(int side, int bits, uint32_t coding, const std::string& pixels) {
  std::string palette;
  for (int i = 0; bits <= 8 && i < 1 << bits; ++i) palette += LittleEndian(0x010203U * static_cast<uint32_t>(i), 4);
  const auto edge = static_cast<uint32_t>(side);
  const std::string header = absl::StrCat(LittleEndian(40, 4), LittleEndian(edge, 4), LittleEndian(edge, 4)) +
                             absl::StrCat(LittleEndian(1, 2), LittleEndian(static_cast<uint32_t>(bits), 2)) +
                             absl::StrCat(LittleEndian(coding, 4), LittleEndian(0, 4)) + std::string(16, '\0');
  const auto begin = static_cast<uint32_t>(14 + header.size() + palette.size());
  return absl::StrCat("BM", LittleEndian(begin + static_cast<uint32_t>(pixels.size()), 4), LittleEndian(0, 4),
                      LittleEndian(begin, 4)) +
         header + palette + pixels;
}

// Runs of as many pixels as one can have, and the ends of lines.
std::string Runs(int side, int longest) {
  std::string runs;
  for (int y = 0; y < side; ++y) {
    for (int x = 0; x < side; x += longest) {
      runs.push_back(static_cast<char>(std::min(longest, side - x)));
      runs.push_back(static_cast<char>(x / longest));
    }
    runs.append(2, '\0');
  }
  return runs;
}

}  // namespace

std::vector<HostileFile> HostileJpegs(int side) {
  const auto flat = [] { return uint8_t{128}; };
  std::minstd_rand random(1);
  const auto noise = [&] { return static_cast<uint8_t>(random() >> 8); };
  return {{"JPEG, one scan, 4:2:0", Jpeg({.side = side, .sampling = 2}, flat)},
          {"JPEG, one scan, 4:4:4", Jpeg({.side = side}, flat)},
          {"JPEG, one scan, CMYK", Jpeg({.side = side, .components = 4}, flat)},
          {"JPEG, 64 scans, gray", Jpeg({.side = side, .components = 1, .bands = 63}, flat)},
          {"JPEG, 64 scans, 4:4:4", Jpeg({.side = side, .bands = 21}, flat)},
          {"JPEG, 61 scans, CMYK", Jpeg({.side = side, .components = 4, .bands = 15}, flat)},
          {"JPEG, noise", Jpeg({.side = kNoiseSide, .quality = 85}, noise)},
          {"JPEG, noise, 64 scans", Jpeg({.side = kNoiseSide, .bands = 21, .quality = 85}, noise)}};
}

std::vector<HostileFile> HostilePngs(int side) {
  const int half = side * 7 / 10;  // of the pixels: so many are let in with 16 bits and alpha
  return {{"PNG, gray of 1 bit", Png({.side = side, .depth = 1, .color = 0})},
          {"PNG, RGB", Png({.side = side})},
          {"PNG, RGBA, interlaced", Png({.side = side, .color = 6, .interlaced = true})},
          {"PNG, RGBA of 16 bits, half as large", Png({.side = half, .depth = 16, .color = 6, .interlaced = true})},
          {"PNG, noise", Png({.side = kNoiseSide, .noise = true})}};
}

std::vector<HostileFile> HostileWebps(int side) {
  constexpr int kLossless = 101;
  return {{"WebP, lossy", Webp(side, CV_8UC3, 1, 0)},
          {"WebP, lossy, alpha", Webp(side, CV_8UC4, 1, 0)},
          {"WebP, lossy, dots", Webp(side, CV_8UC3, 1, 4000)},
          {"WebP, lossless", Webp(side, CV_8UC3, kLossless, 0)},
          {"WebP, lossless, dots", Webp(side, CV_8UC4, kLossless, 700)},
          {"WebP, noise, lossless", Webp(kNoiseSide, CV_8UC3, kLossless, 1)}};
}

std::vector<HostileFile> HostileBmps(int side) {
  constexpr uint32_t kPlain = 0;
  constexpr uint32_t kRle8 = 1;
  constexpr uint32_t kRle4 = 2;
  std::string pixels(size_t{3} * kNoiseSide * ((kNoiseSide + 3) / 4 * 4), 'x');
  return {{"BMP, RLE8", Bmp(side, 8, kRle8, Runs(side, 255))},
          {"BMP, RLE8, short runs", Bmp(side, 8, kRle8, Runs(side, 130))},
          {"BMP, RLE4", Bmp(side, 4, kRle4, Runs(side, 255))},
          {"BMP, plain", Bmp(kNoiseSide, 24, kPlain, pixels)}};
}

}  // namespace onebyone::benchmarks
