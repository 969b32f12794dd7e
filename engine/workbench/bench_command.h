#pragma once

#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "engine/precision_choice.h"
#include "engine/runtime/compiled_model.h"
#include "engine/workbench/layer_choice.h"
#include "engine/workbench/pixel_size.h"

namespace onebyone {

struct BenchOptions {
  std::string bundle;
  std::vector<std::string> layers;  // empty: the model's default layers
  ChannelChoice reduce;
  PrecisionChoice precision = PrecisionChoice::kAuto;
  CompileOptions::Convolution convolution = CompileOptions::Convolution::kMeasured;
  std::shared_ptr<KernelCache> kernel_cache = nullptr;  // null: none
  int threads = 1;                                      // inside one image
  int runs = 100;
  std::optional<PixelSize> native_size;  // nothing: the network's own size
  int warm_up = 10;                      // runs that are not counted
  bool profile = false;
  bool json = false;
};

// Times the network alone, without decoding and preprocessing, on seeded numbers: milliseconds per image. With
// `profile` the median of each step as well, from runs of their own. Also what it takes to encode its maps for an
// answer, in each data type.
absl::Status RunBench(const BenchOptions& options, std::ostream& out);

}  // namespace onebyone
