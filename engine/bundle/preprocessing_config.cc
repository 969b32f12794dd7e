#include "engine/bundle/preprocessing_config.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"

namespace onebyone {
namespace {

using config::v1::Preprocessing;

absl::Status Wrong(absl::string_view field, absl::string_view wanted, absl::string_view got) {
  return absl::InvalidArgumentError(absl::StrCat("preprocessing.", field, ": want ", wanted, ", got ", got));
}

absl::Status CheckSide(absl::string_view field, int64_t side) {
  if (side >= 1 && side <= kMaxInputSide) return absl::OkStatus();
  return Wrong(field, absl::StrCat("1 to ", kMaxInputSide, " pixels"), absl::StrCat(side));
}

// One number per channel into `target`, which keeps its defaults where there is none.
absl::Status ReadChannels(absl::string_view field, const google::protobuf::RepeatedField<float>& numbers,
                          std::array<float, 3>& target) {
  if (numbers.empty()) return absl::OkStatus();
  if (numbers.size() != 3) return Wrong(field, "3 numbers, one a channel", absl::StrCat(numbers.size()));
  std::copy(numbers.begin(), numbers.end(), target.begin());
  for (const float number : target) {
    if (!std::isfinite(number)) return Wrong(field, "finite numbers", absl::StrCat(number));
  }
  return absl::OkStatus();
}

absl::StatusOr<ColorOrder> ReadColor(Preprocessing::Color color) {
  switch (color) {
    case Preprocessing::COLOR_UNSPECIFIED:
    case Preprocessing::RGB: return ColorOrder::kRgb;
    case Preprocessing::BGR: return ColorOrder::kBgr;
    default: return Wrong("color", "RGB or BGR", absl::StrCat(static_cast<int>(color)));
  }
}

absl::StatusOr<ResizeFilter> ReadFilter(Preprocessing::Filter filter) {
  switch (filter) {
    case Preprocessing::FILTER_UNSPECIFIED:
    case Preprocessing::ANTIALIAS: return ResizeFilter::kAntialias;
    case Preprocessing::BILINEAR: return ResizeFilter::kBilinear;
    case Preprocessing::AREA: return ResizeFilter::kArea;
    default: return Wrong("filter", "ANTIALIAS, BILINEAR or AREA", absl::StrCat(static_cast<int>(filter)));
  }
}

}  // namespace

int64_t DefaultResizeShorterSide(int64_t width, int64_t height) {
  return std::max((std::min(width, height) * 16 + 7) / 14, std::max(width, height));
}

absl::StatusOr<PreprocessOptions> ReadPreprocessing(const Preprocessing& config) {
  PreprocessOptions options;
  RETURN_IF_ERROR(CheckSide("width", config.width()));
  RETURN_IF_ERROR(CheckSide("height", config.height()));
  options.width = config.width();
  options.height = config.height();
  options.resize_shorter_side = config.resize_shorter_side();
  if (config.resize_shorter_side() == 0) {
    options.resize_shorter_side = DefaultResizeShorterSide(options.width, options.height);
  }
  const int64_t longer = std::max(options.width, options.height);
  if (options.resize_shorter_side < longer || options.resize_shorter_side > kMaxResizedSide) {
    return Wrong("resize_shorter_side", absl::StrCat("0 or ", longer, " to ", kMaxResizedSide, " pixels"),
                 absl::StrCat(options.resize_shorter_side));
  }
  ASSIGN_OR_RETURN(options.filter, ReadFilter(config.filter()));
  ASSIGN_OR_RETURN(options.color, ReadColor(config.color()));
  RETURN_IF_ERROR(ReadChannels("mean", config.mean(), options.mean));
  RETURN_IF_ERROR(ReadChannels("std", config.std(), options.std));
  for (const float number : options.std) {
    if (number <= 0) return Wrong("std", "numbers over 0", absl::StrCat(number));
  }
  if (config.has_scale()) options.scale = config.scale();
  if (!std::isfinite(options.scale) || options.scale <= 0) {
    return Wrong("scale", "a number over 0", absl::StrCat(options.scale));
  }
  RETURN_IF_ERROR(options.Validate());
  return options;
}

Preprocessing WritePreprocessing(const PreprocessOptions& options) {
  Preprocessing config;
  config.set_width(static_cast<int32_t>(options.width));
  config.set_height(static_cast<int32_t>(options.height));
  config.set_resize_shorter_side(static_cast<int32_t>(options.resize_shorter_side));
  config.set_color(options.color == ColorOrder::kRgb ? Preprocessing::RGB : Preprocessing::BGR);
  switch (options.filter) {
    case ResizeFilter::kAntialias: config.set_filter(Preprocessing::ANTIALIAS); break;
    case ResizeFilter::kBilinear: config.set_filter(Preprocessing::BILINEAR); break;
    case ResizeFilter::kArea: config.set_filter(Preprocessing::AREA); break;
  }
  for (const float number : options.mean) config.add_mean(number);
  for (const float number : options.std) config.add_std(number);
  config.set_scale(options.scale);
  return config;
}

}  // namespace onebyone
