#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/image/image_decoder.h"
#include "engine/image/preprocessor.h"
#include "engine/model_loader.h"
#include "engine/runtime/executor.h"

namespace onebyone {

// Takes picture files through decoder, preprocessor and network, as far as a model's layers. One per thread.
class PictureRunner {
 public:
  // With kNative each size of a picture has a plan of its own, made when the first such picture comes; the others share
  // one, made here. Errors of PlanFor and Executor::Use; INVALID_ARGUMENT for layers that kNative does not have.
  static absl::StatusOr<std::unique_ptr<PictureRunner>> Create(std::shared_ptr<const Model> model,
                                                               std::vector<LayerQuery> layers, InputFit fit);

  // Errors name what is wrong with the file, not its path.
  absl::Status Run(const std::string& path);
  // Layer `index` of the last picture, without the batch: float32 [C, H, W] or [C]. Valid until the next Run.
  ConstTensorView Map(int index) const;

 private:
  PictureRunner(std::shared_ptr<const Model> model, std::vector<LayerQuery> layers, InputFit fit,
                std::unique_ptr<ImageDecoder> decoder, std::unique_ptr<Preprocessor> preprocessor,
                std::unique_ptr<Executor> executor)
      : model_(std::move(model)),
        layers_(std::move(layers)),
        fit_(fit),
        decoder_(std::move(decoder)),
        preprocessor_(std::move(preprocessor)),
        executor_(std::move(executor)) {}

  // Makes the plan for the size of `picture` the executor's.
  absl::Status UseNativePlan(const RgbImage& picture);

  const std::shared_ptr<const Model> model_;
  const std::vector<LayerQuery> layers_;
  const InputFit fit_;
  const std::unique_ptr<ImageDecoder> decoder_;
  const std::unique_ptr<Preprocessor> preprocessor_;
  const std::unique_ptr<Executor> executor_;
};

}  // namespace onebyone
