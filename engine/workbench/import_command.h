#pragma once

#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "engine/workbench/preprocessing_choice.h"

namespace onebyone {

struct ImportOptions {
  std::string onnx_path;
  std::string folder;  // of the new bundle
  bool replace = false;
  PreprocessingChoice preprocessing;
  std::string description;
  std::string license;
  std::string source;
  std::vector<std::string> default_layers;                   // empty: the network's last output
  std::vector<std::pair<std::string, std::string>> aliases;  // alias, layer
};

// Makes a bundle of an ONNX file: imports and compiles it, runs it once, then writes. Nothing is written where that
// fails, or where `folder` holds a bundle and `replace` is not set (ALREADY_EXISTS).
absl::Status RunImport(const ImportOptions& options, std::ostream& out);

}  // namespace onebyone
