#include "engine/workbench/picture_runner.h"

#include <utility>

#include "absl/memory/memory.h"
#include "engine/base/file.h"
#include "engine/base/status_macros.h"

namespace onebyone {

absl::StatusOr<std::unique_ptr<PictureRunner>> PictureRunner::Create(std::shared_ptr<const Model> model,
                                                                     const std::vector<LayerQuery>& layers) {
  const PreprocessOptions& input = model->bundle.preprocess;
  ASSIGN_OR_RETURN(std::unique_ptr<ImageDecoder> decoder, ImageDecoder::Create({}));
  ASSIGN_OR_RETURN(std::unique_ptr<Preprocessor> preprocessor, Preprocessor::Create(input));
  ASSIGN_OR_RETURN(std::shared_ptr<const Plan> plan,
                   model->compiled->PlanFor({.layers = layers, .height = input.height, .width = input.width}));
  std::unique_ptr<Executor> executor = Executor::Create({});
  RETURN_IF_ERROR(executor->Use(std::move(plan)));
  return absl::WrapUnique(
      new PictureRunner(std::move(model), std::move(decoder), std::move(preprocessor), std::move(executor)));
}

absl::Status PictureRunner::Run(const std::string& path, InputFit fit) {
  ASSIGN_OR_RETURN(const std::string encoded, ReadFile(path, ImageLimits().max_bytes));
  ASSIGN_OR_RETURN(const RgbImage picture, decoder_->Decode(encoded));
  RETURN_IF_ERROR(preprocessor_->Run(picture, fit, executor_->Input()).status());
  return executor_->Run(nullptr);
}

ConstTensorView PictureRunner::Map(int index) const {
  ConstTensorView map = executor_->Output(index);
  map.shape = Shape(map.shape.extents().subspan(1));
  return map;
}

}  // namespace onebyone
