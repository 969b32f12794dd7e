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
  // Errors of PlanFor and Executor::Use.
  static absl::StatusOr<std::unique_ptr<PictureRunner>> Create(std::shared_ptr<const Model> model,
                                                               const std::vector<LayerQuery>& layers);

  // Errors name what is wrong with the file, not its path.
  absl::Status Run(const std::string& path, InputFit fit);
  // Layer `index` of the last picture, without the batch: float32 [C, H, W] or [C]. Valid until the next Run.
  ConstTensorView Map(int index) const;

 private:
  PictureRunner(std::shared_ptr<const Model> model, std::unique_ptr<ImageDecoder> decoder,
                std::unique_ptr<Preprocessor> preprocessor, std::unique_ptr<Executor> executor)
      : model_(std::move(model)),
        decoder_(std::move(decoder)),
        preprocessor_(std::move(preprocessor)),
        executor_(std::move(executor)) {}

  const std::shared_ptr<const Model> model_;
  const std::unique_ptr<ImageDecoder> decoder_;
  const std::unique_ptr<Preprocessor> preprocessor_;
  const std::unique_ptr<Executor> executor_;
};

}  // namespace onebyone
