#include "absl/status/status.h"
#include "engine/bundle/bundle.h"
#include "engine/bundle/bundle_location.h"
#include "engine/bundle/config_text.h"
#include "engine/bundle/float_array.h"
#include "engine/bundle/preprocessing_config.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/require.h"
#include "tests/fuzz/scratch_folder.h"

// model_config.textproto: a bundle with it is refused, or holds numbers that a server can work with.

namespace {

using onebyone::Bundle;
using onebyone::ReadBundle;
using onebyone::testing::Require;
using onebyone::testing::ScratchFolder;

// A bundle's folder, with files that a config may name.
const ScratchFolder& Folder() {
  static const auto* const folder = [] {
    auto* made = new ScratchFolder("bundle_config");
    made->Write(onebyone::kModelFile, "a network");
    onebyone::Tensor weights = *onebyone::Tensor::Create(onebyone::DataType::kFloat32, {2, 3});
    for (int64_t i = 0; i < weights.elements(); ++i) weights.As<float>()[i] = 0.5F * static_cast<float>(i);
    made->Write("w.npy", onebyone::FormatFloatArray(weights));
    onebyone::Tensor bias = *onebyone::Tensor::Create(onebyone::DataType::kFloat32, {2});
    bias.As<float>()[0] = bias.As<float>()[1] = 1.0F;
    made->Write("b.npy", onebyone::FormatFloatArray(bias));
    made->Write("cat.png", "never decoded here");
    return made;
  }();
  return *folder;
}

void CheckBundle(const Bundle& bundle) {
  const onebyone::PreprocessOptions& preprocess = bundle.preprocess;
  Require(preprocess.Validate().ok(), "preprocessing that was read is valid");
  Require(preprocess.width <= onebyone::kMaxInputSide && preprocess.height <= onebyone::kMaxInputSide,
          "the input's sides are within the limit");
  Require(preprocess.resize_shorter_side <= onebyone::kMaxResizedSide, "the resized side is within the limit");
  Require(preprocess.LowestInput() <= preprocess.HighestInput(), "the input spans a range");
  for (const auto& reduction : bundle.reductions) {
    Require(reduction->max_channels() >= 1 && reduction->layer_channels() >= 1, "a reduction has channels");
  }
  for (const onebyone::Golden& golden : bundle.goldens) {
    Require(golden.tolerance >= 0 && golden.tolerance <= 1, "a tolerance is a share");
    Require(golden.image.rfind(Folder().path(), 0) == 0, "a golden's files lie in the bundle");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  Folder().Write(onebyone::kConfigFile, text);
  const absl::StatusOr<Bundle> bundle = ReadBundle(Folder().path());
  if (bundle.ok()) {
    CheckBundle(*bundle);
  } else {
    Require(absl::IsInvalidArgument(bundle.status()), "a config that is refused is INVALID_ARGUMENT");
  }
  const auto config = onebyone::ParseConfigText(text, "config");
  Require(config.ok() || !bundle.ok(), "a bundle needs a config that can be read");
  if (!config.ok()) return 0;
  const auto again = onebyone::ParseConfigText(onebyone::FormatConfigText(*config), "config");
  Require(again.ok(), "a config that was read can be written and read");
  Require(again->SerializeAsString() == config->SerializeAsString(), "a config that was written reads the same");
  return 0;
}
