#include <unistd.h>

#include <filesystem>
#include <map>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "engine/base/file.h"
#include "engine/base/status_macros.h"
#include "engine/bundle/bundle.h"
#include "engine/bundle/bundle_location.h"
#include "engine/bundle/calibration_file.h"
#include "engine/bundle/config_text.h"
#include "engine/bundle/preprocessing_config.h"
#include "engine/bundle/reduction_list.h"
#include "engine/bundle/sha256.h"

namespace onebyone {
namespace {

namespace fs = std::filesystem;
using config::v1::ModelConfig;

// Beside `to` first, then renamed, so that a reader never sees half of it.
absl::Status CopyFile(const std::string& from, const std::string& to) {
  const std::string temporary = absl::StrCat(to, ".", getpid(), ".partial");
  std::error_code error;
  if (fs::equivalent(from, to, error)) return absl::OkStatus();
  fs::copy_file(from, temporary, fs::copy_options::overwrite_existing, error);
  if (!error) fs::rename(temporary, to, error);
  if (!error) return absl::OkStatus();
  const std::string reason = error.message();
  fs::remove(temporary, error);
  return absl::UnavailableError(absl::StrCat(to, ": cannot be copied from ", from, ": ", reason));
}

absl::Status WriteGolden(const std::string& folder, const Golden& golden, ModelConfig& config) {
  config::v1::Golden& stored = *config.add_goldens();
  stored.set_layer(golden.layer);
  stored.set_image(fs::path(golden.image).filename().string());
  stored.set_output(fs::path(golden.output).filename().string());
  stored.set_tolerance(golden.tolerance);
  RETURN_IF_ERROR(CopyFile(golden.image, absl::StrCat(folder, "/", stored.image())));
  return CopyFile(golden.output, absl::StrCat(folder, "/", stored.output()));
}

ModelConfig ConfigOf(const Bundle& bundle) {
  ModelConfig config;
  config.set_description(bundle.description);
  config.set_license(bundle.license);
  config.set_source(bundle.source);
  *config.mutable_preprocessing() = WritePreprocessing(bundle.preprocess);
  config.mutable_default_layers()->Add(bundle.default_layers.begin(), bundle.default_layers.end());
  const std::map<std::string, std::string> sorted_aliases(bundle.aliases.begin(), bundle.aliases.end());
  for (const auto& [alias, layer] : sorted_aliases) {
    config::v1::LayerAlias& entry = *config.add_aliases();
    entry.set_alias(alias);
    entry.set_layer(layer);
  }
  return config;
}

// Makes the folder and sees to it that no bundle is there.
absl::Status ClearTheWay(const std::string& folder, const std::string& onnx_path, IfBundleExists if_exists) {
  const fs::path config = fs::path(folder) / kConfigFile;
  const fs::path model = fs::path(folder) / kModelFile;
  std::error_code error;
  const bool other_model = fs::exists(model, error) && !fs::equivalent(model, onnx_path, error);
  if (if_exists == IfBundleExists::kRefuse && (other_model || fs::exists(config, error))) {
    return absl::AlreadyExistsError(absl::StrCat(folder, ": there is a bundle already"));
  }
  fs::create_directories(folder, error);
  if (!error) fs::remove(config, error);  // first, so that no config ever stands beside a model that it does not mean
  for (const char* derived : {kCalibrationFile, kReductionsFile}) {
    if (!error) fs::remove(fs::path(folder) / derived, error);
  }
  if (error) return absl::UnavailableError(absl::StrCat(folder, ": cannot be written: ", error.message()));
  return absl::OkStatus();
}

}  // namespace

absl::Status WriteBundle(const std::string& folder, const std::string& onnx_path, const Bundle& bundle,
                         IfBundleExists if_exists) {
  RETURN_IF_ERROR(ClearTheWay(folder, onnx_path, if_exists));
  ModelConfig config = ConfigOf(bundle);
  for (const Golden& golden : bundle.goldens) RETURN_IF_ERROR(WriteGolden(folder, golden, config));
  const std::string model = absl::StrCat(folder, "/", kModelFile);
  RETURN_IF_ERROR(CopyFile(onnx_path, model));
  ASSIGN_OR_RETURN(const std::string sha256, Sha256OfFile(model));
  if (bundle.calibration != nullptr) RETURN_IF_ERROR(WriteCalibration(folder, sha256, *bundle.calibration));
  if (!bundle.reductions.empty()) RETURN_IF_ERROR(WriteReductionList(folder, sha256, bundle.reductions));
  // Last: a bundle counts as complete once it has its config.
  return WriteFile(absl::StrCat(folder, "/", kConfigFile), FormatConfigText(config));
}

}  // namespace onebyone
