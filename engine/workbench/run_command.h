#pragma once

#include <cstdint>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "engine/image/preprocessor.h"
#include "engine/precision_choice.h"
#include "engine/runtime/compiled_model.h"
#include "engine/workbench/layer_choice.h"

namespace onebyone {

struct RunOptions {
  std::string bundle;
  std::vector<std::string> layers;  // empty: the model's default layers
  ChannelChoice reduce;
  PrecisionChoice precision = PrecisionChoice::kAuto;
  InputFit fit = InputFit::kModel;
  int threads = 1;  // pictures at a time
  CompileOptions::Convolution convolution = CompileOptions::Convolution::kMeasured;
  std::shared_ptr<KernelCache> kernel_cache = nullptr;  // null: none
  std::string output_folder;
  std::vector<std::string> pictures;
};

// Writes `output_folder`/<picture's name without ending>.<layer, '/' as '_'>.npy for each picture and layer: float32
// [C, H, W], or [C] for a vector; a line to `out` for each. A picture that fails is named on `errors` and does not stop
// the others; INVALID_ARGUMENT at the end where any did.
absl::Status RunRun(const RunOptions& options, std::ostream& out, std::ostream& errors);

}  // namespace onebyone
