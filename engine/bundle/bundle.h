#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/calibration/calibration.h"
#include "engine/image/preprocessor.h"
#include "engine/reduction/reduction.h"

namespace onebyone {

// A picture of the network's own input size and the output of a layer for it, made by other software.
struct Golden {
  std::string image;  // paths
  std::string layer;
  std::string output;
  double tolerance = 1e-4;  // share of the output's largest absolute value
};

// A model bundle as read from disk and checked: `model.onnx`, `model_config.textproto` and the files that it names.
struct Bundle {
  std::string name;     // of the folder, or of its parent where the folder is a version number
  int64_t version = 1;  // of the folder `<name>/<version>`; 1 without one
  std::string folder;
  std::string model_path;
  std::string sha256;  // of model.onnx
  std::string description;
  std::string license;
  std::string source;
  PreprocessOptions preprocess;
  std::vector<std::string> default_layers;
  absl::flat_hash_map<std::string, std::string> aliases;     // alias -> layer
  std::vector<std::shared_ptr<const Reduction>> reductions;  // of the config, then of `reductions.textproto`
  std::vector<Golden> goldens;
  std::shared_ptr<const Calibration> calibration;  // of `calibration.textproto`; null without one
};

// Whether a bundle's `calibration.textproto` is read; who is about to replace it does not care what it says.
enum class StoredCalibration : uint8_t { kRead, kIgnore };

// Reads the bundle in `folder`, or in its highest numbered version. NOT_FOUND where there is none; INVALID_ARGUMENT,
// naming file and field, where the config is wrong: unknown field, numbers out of range, a file name that leads out of
// the bundle, a reduction whose files do not fit, a calibration or reductions of another model.
absl::StatusOr<Bundle> ReadBundle(const std::string& folder, StoredCalibration stored = StoredCalibration::kRead);

// The folders of the bundles in `folder`: of its subfolders that hold a bundle, each by its `versions` highest versions
// (the highest first), sorted by name. NOT_FOUND where the folder does not exist; a broken bundle is not an error here:
// ReadBundle tells.
absl::StatusOr<std::vector<std::string>> FindBundles(const std::string& folder, int versions = 1);

// What WriteBundle does where there is a bundle already.
enum class IfBundleExists : uint8_t { kRefuse, kReplace };

// Writes a bundle: `folder/model.onnx` (a copy of `onnx_path`, which may be that file itself), the files of goldens,
// calibration and reductions (those that lie there and are not in `bundle` go), and last the
// `folder/model_config.textproto` that names them; ReadBundle gives the same bundle back. Name, version and sha256
// follow from where and what it is. ALREADY_EXISTS where the folder holds a bundle that may
// not be replaced, UNAVAILABLE where it cannot be written.
absl::Status WriteBundle(const std::string& folder, const std::string& onnx_path, const Bundle& bundle,
                         IfBundleExists if_exists = IfBundleExists::kRefuse);

}  // namespace onebyone
