#include "client/load/work/synthetic_jpeg.h"

#include <jpeglib.h>

#include <array>
#include <cmath>
#include <cstdio>  // jpeglib.h wants FILE
#include <cstdlib>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "client/load/schedule/seeded_random.h"

namespace onebyone {
namespace {

constexpr int32_t kMaxSide = 16'384;
constexpr int kQuality = 85;
constexpr int kEdges = 6;

// Noise of one frequency: random numbers on a coarse grid, straight lines between them. One channel.
class Octave {
 public:
  Octave(int32_t width, int32_t height, double period, SeededRandom& random)
      : period_(period), columns_(static_cast<int32_t>(width / period) + 2) {
    const auto rows = static_cast<size_t>(height / period) + 2;
    grid_.resize(rows * static_cast<size_t>(columns_));
    for (float& value : grid_) value = static_cast<float>(random.Uniform() * 2 - 1);
  }

  // Adds `amplitude` times row `y`.
  void AddRow(int32_t y, float amplitude, std::vector<float>& row) const {
    const double v = y / period_;
    const auto y0 = static_cast<int32_t>(v);
    const auto fy = static_cast<float>(v - y0);
    const float* upper = &grid_[static_cast<size_t>(y0) * static_cast<size_t>(columns_)];
    const float* lower = upper + columns_;
    for (size_t x = 0; x < row.size(); ++x) {
      const double u = static_cast<double>(x) / period_;
      const auto x0 = static_cast<int32_t>(u);
      const auto fx = static_cast<float>(u - x0);
      const float above = upper[x0] + fx * (upper[x0 + 1] - upper[x0]);
      const float below = lower[x0] + fx * (lower[x0 + 1] - lower[x0]);
      row[x] += amplitude * (above + fy * (below - above));
    }
  }

 private:
  const double period_;
  const int32_t columns_;
  std::vector<float> grid_;
};

// A half plane that is lighter or darker: photographs have edges, noise has none.
struct Edge {
  double nx, ny, at, step;
};

// The picture's plane of brightness, or of one colour difference.
class Plane {
 public:
  Plane(int32_t width, int32_t height, double finest, double contrast, SeededRandom& random) {
    const double coarsest = std::max(width, height) / 2.0;
    for (double period = std::max(coarsest, finest); period >= finest; period /= 2) {
      octaves_.emplace_back(width, height, period, random);
      amplitudes_.push_back(static_cast<float>(contrast * std::sqrt(period / coarsest)));
    }
    for (int i = 0; i < kEdges; ++i) {
      const double angle = random.Uniform() * 6.283185307;
      const double nx = std::cos(angle);
      const double ny = std::sin(angle);
      const double at = nx * random.Uniform() * width + ny * random.Uniform() * height;
      edges_.push_back({nx, ny, at, (random.Uniform() - 0.5) * contrast});
    }
  }

  void Row(int32_t y, std::vector<float>& row) const {
    std::fill(row.begin(), row.end(), 128.0F);
    for (size_t i = 0; i < octaves_.size(); ++i) octaves_[i].AddRow(y, amplitudes_[i], row);
    for (const Edge& edge : edges_) {
      for (size_t x = 0; x < row.size(); ++x) {
        if (edge.nx * static_cast<double>(x) + edge.ny * y > edge.at) row[x] += static_cast<float>(edge.step);
      }
    }
  }

 private:
  std::vector<Octave> octaves_;
  std::vector<float> amplitudes_;
  std::vector<Edge> edges_;
};

uint8_t ToByte(float value) { return static_cast<uint8_t>(std::min(255.0F, std::max(0.0F, value))); }

}  // namespace

absl::StatusOr<std::vector<SyntheticSize>> ParseSyntheticSizes(absl::string_view text) {
  std::vector<SyntheticSize> sizes;
  for (const absl::string_view part : absl::StrSplit(text, ',')) {
    const std::vector<absl::string_view> pair = absl::StrSplit(part, ':');
    const std::vector<absl::string_view> sides = absl::StrSplit(pair[0], 'x');
    SyntheticSize size;
    const bool is_size = sides.size() == 2 && absl::SimpleAtoi(sides[0], &size.width) &&
                         absl::SimpleAtoi(sides[1], &size.height) && size.width >= 1 && size.width <= kMaxSide &&
                         size.height >= 1 && size.height <= kMaxSide;
    const bool has_weight =
        pair.size() == 1 || (pair.size() == 2 && absl::SimpleAtod(pair[1], &size.weight) && size.weight > 0);
    if (!is_size || !has_weight) {
      return absl::InvalidArgumentError(absl::StrCat("want WIDTHxHEIGHT or WIDTHxHEIGHT:SHARE, sides of 1 to ",
                                                     kMaxSide, ", with commas between, got '", part, "'"));
    }
    sizes.push_back(size);
  }
  return sizes;
}

std::string SyntheticJpeg(int32_t width, int32_t height, uint64_t seed) {
  SeededRandom random(seed, absl::StrCat("picture ", width, "x", height));
  const Plane brightness(width, height, /*finest=*/2, /*contrast=*/90, random);
  const Plane blue(width, height, /*finest=*/16, /*contrast=*/25, random);
  const Plane red(width, height, /*finest=*/16, /*contrast=*/25, random);

  jpeg_compress_struct encoder = {};
  jpeg_error_mgr errors = {};  // ends the program: with memory as the target and a valid size there is nothing to fail
  encoder.err = jpeg_std_error(&errors);
  jpeg_create_compress(&encoder);
  unsigned char* bytes = nullptr;
  unsigned long size = 0;  // NOLINT(google-runtime-int): libjpeg's type
  jpeg_mem_dest(&encoder, &bytes, &size);
  encoder.image_width = static_cast<JDIMENSION>(width);
  encoder.image_height = static_cast<JDIMENSION>(height);
  encoder.input_components = 3;
  encoder.in_color_space = JCS_YCbCr;
  jpeg_set_defaults(&encoder);
  jpeg_set_quality(&encoder, kQuality, TRUE);
  jpeg_start_compress(&encoder, TRUE);
  std::array<std::vector<float>, 3> rows;
  rows.fill(std::vector<float>(static_cast<size_t>(width)));
  std::vector<uint8_t> line(static_cast<size_t>(width) * 3);
  for (int32_t y = 0; y < height; ++y) {
    brightness.Row(y, rows[0]);
    blue.Row(y, rows[1]);
    red.Row(y, rows[2]);
    for (size_t x = 0; x < static_cast<size_t>(width); ++x) {
      for (size_t c = 0; c < 3; ++c) line[3 * x + c] = ToByte(rows[c][x]);
    }
    JSAMPROW row = line.data();
    jpeg_write_scanlines(&encoder, &row, 1);
  }
  jpeg_finish_compress(&encoder);
  jpeg_destroy_compress(&encoder);
  std::string jpeg(reinterpret_cast<const char*>(bytes), size);
  std::free(bytes);
  return jpeg;
}

void AddSyntheticPictures(const std::vector<SyntheticSize>& sizes, int count, uint64_t seed, LoadPictures& set) {
  for (const SyntheticSize& size : sizes) {
    for (int i = 0; i < count; ++i) {
      set.pictures.push_back({.name = absl::StrCat("synthetic ", size.width, "x", size.height, " ", i),
                              .content = SyntheticJpeg(size.width, size.height, seed + static_cast<uint64_t>(i)),
                              .weight = size.weight / count});
    }
  }
}

}  // namespace onebyone
