#include "engine/workbench/raw_pixels.h"

#include <utility>

#include "engine/base/status_macros.h"
#include "engine/workbench/parallel_loop.h"
#include "engine/workbench/picture_reader.h"

namespace onebyone {
namespace {

// The pixels of one cell, along one axis.
struct Cell {
  Cell(int64_t index, int64_t extent)
      : begin(index * extent / kRawSide), end(((index + 1) * extent + kRawSide - 1) / kRawSide) {}
  int64_t begin;
  int64_t end;
};

float AverageOf(const float* plane, int64_t width, const Cell& rows, const Cell& columns) {
  double sum = 0;
  for (int64_t y = rows.begin; y < rows.end; ++y) {
    for (int64_t x = columns.begin; x < columns.end; ++x) sum += plane[y * width + x];
  }
  return static_cast<float>(sum / static_cast<double>((rows.end - rows.begin) * (columns.end - columns.begin)));
}

PreprocessOptions PlainPixels(PreprocessOptions options) {
  options.color = ColorOrder::kRgb;
  options.mean = {0, 0, 0};
  options.std = {1, 1, 1};
  options.scale = 1;
  return options;
}

}  // namespace

void AverageToRawSide(const ConstTensorView& picture, absl::Span<float> pixels) {
  const int64_t height = picture.shape[2];
  const int64_t width = picture.shape[3];
  size_t next = 0;
  for (int64_t channel = 0; channel < 3; ++channel) {
    const float* const plane = picture.As<float>() + channel * height * width;
    for (int64_t y = 0; y < kRawSide; ++y) {
      for (int64_t x = 0; x < kRawSide; ++x) {
        pixels[next++] = AverageOf(plane, width, Cell(y, height), Cell(x, width));
      }
    }
  }
}

absl::StatusOr<RawPixels> ReadRawPixels(const std::vector<std::string>& paths, const PreprocessOptions& preprocess,
                                        int threads, const Cancellation& cancellation, Progress& progress) {
  RawPixels raw;
  ASSIGN_OR_RETURN(raw.pixels, Tensor::Create(DataType::kFloat32, {static_cast<int64_t>(paths.size()), kRawDimension}));
  raw.reading.resize(paths.size());
  ASSIGN_OR_RETURN(const std::vector<PictureReader> readers,
                   PictureReader::CreateEach(PlainPixels(preprocess), threads));
  const auto rows = absl::MakeSpan(raw.pixels.As<float>(), static_cast<size_t>(raw.pixels.elements()));
  const auto read = [&](int thread, size_t i) -> absl::Status {
    RETURN_IF_ERROR(cancellation.Check());
    const absl::StatusOr<Tensor> picture = readers[static_cast<size_t>(thread)].Read(paths[i]);
    raw.reading[i] = picture.status();
    if (!picture.ok() && !IsNoPicture(picture.status())) return picture.status();
    if (picture.ok()) AverageToRawSide(picture->view(), rows.subspan(i * kRawDimension, kRawDimension));
    progress.Advance();
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(ParallelLoop(paths.size(), threads, read));
  return raw;
}

}  // namespace onebyone
