#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "engine/precision_choice.h"

namespace onebyone {

struct FidelityOptions {
  std::string bundle;
  std::string images;  // a folder
  PrecisionChoice precision = PrecisionChoice::kAuto;
  std::vector<std::string> layers;  // empty: those of ComparedLayers
  int threads = 1;                  // pictures at a time
  bool json = false;
  bool show_progress = false;
};

// Prints for each layer how near a precision comes to exact float32 on the pictures: cosine of pooled features and of
// maps, relative error; and how often the largest output is the same.
absl::Status RunFidelity(const FidelityOptions& options, std::ostream& out, std::ostream& errors);

}  // namespace onebyone
