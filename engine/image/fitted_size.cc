#include "engine/image/fitted_size.h"

#include <algorithm>

namespace onebyone {
namespace {

// The shorter side gets `shorter` pixels; the longer one is rounded down, as in torchvision.
FittedSize Cropped(const PreprocessOptions& options, int64_t width, int64_t height) {
  const int64_t shorter = options.resize_shorter_side;
  const auto axis = [](int64_t resized, int64_t wanted) {
    return FittedAxis{.resized = resized, .begin = CenterBegin(resized, wanted), .count = wanted, .pad = 0};
  };
  if (width <= height) return {axis(shorter, options.width), axis(shorter * height / width, options.height)};
  return {axis(shorter * width / height, options.width), axis(shorter, options.height)};
}

// Of the side that does not fill the input: in proportion, rounded to the nearest, at least one pixel.
int64_t InProportion(int64_t side, int64_t other_side, int64_t other_resized) {
  return std::max<int64_t>(1, (2 * side * other_resized + other_side) / (2 * other_side));
}

FittedSize Letterboxed(const PreprocessOptions& options, int64_t width, int64_t height) {
  const auto axis = [](int64_t resized, int64_t wanted) {
    const int64_t within = std::min(resized, wanted);
    return FittedAxis{.resized = within, .begin = 0, .count = within, .pad = (wanted - within) / 2};
  };
  const bool fills_width = width * options.height >= height * options.width;
  const int64_t resized_width = fills_width ? options.width : InProportion(width, height, options.height);
  const int64_t resized_height = fills_width ? InProportion(height, width, options.width) : options.height;
  return {axis(resized_width, options.width), axis(resized_height, options.height)};
}

}  // namespace

FittedSize FitPicture(InputFit fit, const PreprocessOptions& options, int64_t width, int64_t height) {
  switch (fit) {
    case InputFit::kSquash:
      return {{.resized = options.width, .begin = 0, .count = options.width, .pad = 0},
              {.resized = options.height, .begin = 0, .count = options.height, .pad = 0}};
    case InputFit::kLetterbox: return Letterboxed(options, width, height);
    default: return Cropped(options, width, height);
  }
}

int64_t CenterBegin(int64_t whole, int64_t part) {
  const int64_t half = (whole - part) / 2;
  return half + ((whole - part) % 2 != 0 && half % 2 != 0 ? 1 : 0);
}

}  // namespace onebyone
