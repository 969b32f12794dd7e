#pragma once

#include <memory>
#include <ostream>
#include <string>

#include "absl/status/status.h"
#include "engine/runtime/compiled_model.h"

namespace onebyone {

struct VerifyOptions {
  std::string bundle;
  std::string golden_folder;  // empty: the goldens of the bundle itself
  double tolerance = 1e-4;    // for `golden_folder`; a bundle's goldens have their own
  CompileOptions::Convolution convolution = CompileOptions::Convolution::kMeasured;
  std::shared_ptr<KernelCache> kernel_cache = nullptr;  // null: none
};

// Compares layers with reference outputs made by other software and prints a row for each. INVALID_ARGUMENT where one
// differs by more than its tolerance, NOT_FOUND where there is nothing to compare with.
absl::Status RunVerify(const VerifyOptions& options, std::ostream& out);

}  // namespace onebyone
