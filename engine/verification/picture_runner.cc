#include "engine/verification/picture_runner.h"

#include <utility>

#include "absl/memory/memory.h"
#include "engine/base/file.h"
#include "engine/base/status_macros.h"

namespace onebyone {

absl::StatusOr<std::unique_ptr<PictureRunner>> PictureRunner::Create(std::shared_ptr<const Model> model,
                                                                     std::vector<LayerQuery> layers, InputFit fit) {
  const PreprocessOptions& input = model->bundle.preprocess;
  ASSIGN_OR_RETURN(std::unique_ptr<ImageDecoder> decoder, ImageDecoder::Create({}));
  ASSIGN_OR_RETURN(std::unique_ptr<Preprocessor> preprocessor, Preprocessor::Create(input));
  std::unique_ptr<Executor> executor = Executor::Create({});
  if (fit == InputFit::kNative) {
    constexpr int64_t kLarge = int64_t{1} << 32;  // what is wrong with a layer at any size
    for (const LayerQuery& layer : layers) {
      RETURN_IF_ERROR(model->compiled->native_sizes().Check(layer.layer, kLarge, kLarge));
    }
  } else {
    ASSIGN_OR_RETURN(std::shared_ptr<const Plan> plan,
                     model->compiled->PlanFor({.layers = layers, .height = input.height, .width = input.width}));
    RETURN_IF_ERROR(executor->Use(std::move(plan)));
  }
  return absl::WrapUnique(new PictureRunner(std::move(model), std::move(layers), fit, std::move(decoder),
                                            std::move(preprocessor), std::move(executor)));
}

absl::Status PictureRunner::Run(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string encoded, ReadFile(path, ImageLimits().max_bytes));
  ASSIGN_OR_RETURN(const RgbImage picture, decoder_->Decode(encoded));
  if (fit_ == InputFit::kNative) RETURN_IF_ERROR(UseNativePlan(picture));
  RETURN_IF_ERROR(preprocessor_->Run(picture, fit_, executor_->Input()).status());
  return executor_->Run(nullptr);
}

absl::Status PictureRunner::UseNativePlan(const RgbImage& picture) {
  const NativeSizes& sizes = model_->compiled->native_sizes();
  PlanQuery query = {.layers = layers_, .native = true};
  query.height = sizes.RoundedHeight(picture.height);
  query.width = sizes.RoundedWidth(picture.width);
  ASSIGN_OR_RETURN(std::shared_ptr<const Plan> plan, model_->compiled->PlanFor(query));
  return executor_->Use(std::move(plan));
}

ConstTensorView PictureRunner::Map(int index) const {
  ConstTensorView map = executor_->Output(index);
  map.shape = Shape(map.shape.extents().subspan(1));
  return map;
}

}  // namespace onebyone
