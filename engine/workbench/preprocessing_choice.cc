#include "engine/workbench/preprocessing_choice.h"

#include "engine/bundle/preprocessing_config.h"

namespace onebyone {
namespace {

constexpr int64_t kUsualSide = 224;

PreprocessOptions OfPreset(Preset preset) {
  PreprocessOptions options;
  switch (preset) {
    case Preset::kNone: break;
    case Preset::kCaffe:
      options.color = ColorOrder::kBgr;
      options.mean = {104, 117, 123};
      break;
    case Preset::kTorchvision:
      options.scale = 1.0F / 255;
      options.mean = {0.485F, 0.456F, 0.406F};
      options.std = {0.229F, 0.224F, 0.225F};
      break;
    case Preset::kTensorflow:
      options.scale = 1.0F / 127.5F;
      options.mean = {1, 1, 1};
      break;
  }
  return options;
}

}  // namespace

absl::StatusOr<PreprocessOptions> ChoosePreprocessing(const PreprocessingChoice& choice, const Shape& input) {
  PreprocessOptions options = OfPreset(choice.preset);
  options.color = choice.color.value_or(options.color);
  options.mean = choice.mean.value_or(options.mean);
  options.std = choice.std.value_or(options.std);
  options.scale = choice.scale.value_or(options.scale);
  options.filter = choice.filter;

  const auto side = [&](int axis) {
    if (choice.input_size > 0) return choice.input_size;
    return input.rank() == 4 && input[axis] > 0 ? input[axis] : kUsualSide;
  };
  options.height = side(2);
  options.width = side(3);
  options.resize_shorter_side = choice.resize_shorter_side > 0
                                    ? choice.resize_shorter_side
                                    : DefaultResizeShorterSide(options.width, options.height);
  return ReadPreprocessing(WritePreprocessing(options));  // what will be written must be readable
}

}  // namespace onebyone
