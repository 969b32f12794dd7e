// Runs a network as far as a layer on one picture, in this process: no server, no gRPC.
//
//   one_layer BUNDLE LAYER IMAGE
//
// Prints the layer's shape, mean and largest value.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <numeric>
#include <string>
#include <utility>

#include "engine/base/file.h"
#include "engine/base/status_macros.h"
#include "engine/image/image_decoder.h"
#include "engine/image/preprocessor.h"
#include "engine/model_loader.h"
#include "engine/runtime/executor.h"

namespace {

absl::Status Show(const std::string& bundle, const std::string& name, const std::string& image) {
  // Once a program: the model is immutable, and all threads share it.
  ASSIGN_OR_RETURN(const std::shared_ptr<const onebyone::Model> model,
                   onebyone::LoadModel(bundle, onebyone::PrecisionChoice::kAuto, {}));
  ASSIGN_OR_RETURN(const onebyone::LayerInfo* const layer, model->ResolveLayer(name));

  // Once a thread.
  const onebyone::PreprocessOptions& input = model->bundle.preprocess;
  ASSIGN_OR_RETURN(const std::unique_ptr<onebyone::ImageDecoder> decoder, onebyone::ImageDecoder::Create({}));
  ASSIGN_OR_RETURN(const std::unique_ptr<onebyone::Preprocessor> preprocessor, onebyone::Preprocessor::Create(input));
  const std::unique_ptr<onebyone::Executor> executor = onebyone::Executor::Create({});

  // Once a set of layers; nothing behind them is computed.
  ASSIGN_OR_RETURN(
      std::shared_ptr<const onebyone::Plan> plan,
      model->compiled->PlanFor({.layers = {{.layer = layer->name}}, .height = input.height, .width = input.width}));
  RETURN_IF_ERROR(executor->Use(std::move(plan)));

  // For each picture.
  constexpr onebyone::InputFit kFit = onebyone::InputFit::kModel;
  ASSIGN_OR_RETURN(const std::string encoded, onebyone::ReadFile(image));
  ASSIGN_OR_RETURN(const onebyone::RgbImage picture, decoder->Decode(encoded, preprocessor->MinSide(kFit)));
  RETURN_IF_ERROR(preprocessor->Run(picture, kFit, executor->Input()).status());
  RETURN_IF_ERROR(executor->Run(nullptr));

  const onebyone::ConstTensorView map = executor->Output(0);
  const int64_t count = map.shape.Elements();
  const float* const values = map.As<float>();
  std::printf("%s", layer->name.c_str());
  for (const int64_t extent : map.shape.extents().subspan(1)) std::printf(" %lld", static_cast<long long>(extent));
  std::printf(" mean %.6f max %.6f\n", std::accumulate(values, values + count, 0.0) / static_cast<double>(count),
              *std::max_element(values, values + count));
  return absl::OkStatus();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: one_layer BUNDLE LAYER IMAGE\n");
    return 2;
  }
  const absl::Status status = Show(argv[1], argv[2], argv[3]);
  if (!status.ok()) std::fprintf(stderr, "one_layer: %s\n", std::string(status.message()).c_str());
  return status.ok() ? 0 : 1;
}
