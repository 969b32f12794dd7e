#pragma once

#include <memory>
#include <thread>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "engine/image/image_decoder.h"
#include "engine/image/preprocessor.h"
#include "engine/model_loader.h"
#include "engine/runtime/executor.h"
#include "server/feature_encoder.h"
#include "server/pixel_budget.h"

namespace onebyone {

// What a lane works with. Keeps its memory from one image to the next. Used by one thread at a time.
struct LaneTools {
  struct Options {
    ImageLimits limits{};
    PixelBudget* pixels = nullptr;  // of all lanes, must outlive them; null: no limit
  };

  static absl::StatusOr<std::unique_ptr<LaneTools>> Create(const Options& options);

  // The preprocessor for `model`, made at its first use and kept as long as the model is.
  absl::StatusOr<Preprocessor*> PreprocessorFor(const std::shared_ptr<const Model>& model);

  explicit LaneTools(PixelBudget* budget) : pixels(budget) {}

  // Gives pixel memory back that is more than a lane may keep. Between images.
  void TidyUp();

  PixelShare pixels;
  const Cancellation* cancellation = nullptr;  // of the image in work: who waits for pixel memory looks at it
  std::unique_ptr<Executor> executor;
  std::unique_ptr<ImageDecoder> decoder;
  FeatureEncoder encoder;
  struct Prepared {
    std::weak_ptr<const Model> model;  // another one may come to lie at the same address
    std::unique_ptr<Preprocessor> preprocessor;
  };
  absl::flat_hash_map<const Model*, Prepared> preprocessors;
};

// A thread that calls `step` with its tools until it returns false. The destructor waits for that.
class Lane {
 public:
  Lane(std::unique_ptr<LaneTools> tools, absl::AnyInvocable<bool(LaneTools&)> step);
  ~Lane() { thread_.join(); }
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

 private:
  std::unique_ptr<LaneTools> tools_;
  absl::AnyInvocable<bool(LaneTools&)> step_;
  std::thread thread_;
};

}  // namespace onebyone
