#include "server/lane.h"

#include <utility>

#include "engine/base/status_macros.h"

namespace onebyone {

absl::StatusOr<std::unique_ptr<LaneTools>> LaneTools::Create(const Options& options) {
  auto tools = std::make_unique<LaneTools>(options.pixels);
  // One thread inside an image: lanes run different images, which scales without synchronisation.
  tools->executor = Executor::Create({.threads = 1});
  ASSIGN_OR_RETURN(tools->decoder,
                   ImageDecoder::Create(
                       {.limits = options.limits,
                        .may_hold = [tools = tools.get()](
                                        int64_t bytes) { return tools->pixels.GrowTo(bytes, *tools->cancellation); },
                        .may_go_on = [tools = tools.get()] { return tools->cancellation->Check(); }}));
  return tools;
}

void LaneTools::TidyUp() {
  cancellation = nullptr;
  if (pixels.IsTooMuchToKeep(decoder->held_bytes())) decoder->Free();
  pixels.ShrinkTo(decoder->held_bytes());
}

absl::StatusOr<Preprocessor*> LaneTools::PreprocessorFor(const std::shared_ptr<const Model>& model) {
  const auto known = preprocessors.find(model.get());
  if (known != preprocessors.end() && known->second.model.lock() == model) return known->second.preprocessor.get();
  absl::erase_if(preprocessors, [](const auto& each) { return each.second.model.expired(); });
  ASSIGN_OR_RETURN(std::unique_ptr<Preprocessor> preprocessor, Preprocessor::Create(model->bundle.preprocess));
  Prepared& made = preprocessors[model.get()];
  made = {model, std::move(preprocessor)};
  return made.preprocessor.get();
}

Lane::Lane(std::unique_ptr<LaneTools> tools, absl::AnyInvocable<bool(LaneTools&)> step)
    : tools_(std::move(tools)), step_(std::move(step)), thread_([this] {
        while (step_(*tools_)) {
        }
      }) {}

}  // namespace onebyone
