#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "engine/base/file.h"
#include "engine/base/status_macros.h"
#include "engine/bundle/bundle.h"
#include "engine/bundle/bundle_location.h"
#include "engine/bundle/calibration_file.h"
#include "engine/bundle/config_text.h"
#include "engine/bundle/golden_reader.h"
#include "engine/bundle/preprocessing_config.h"
#include "engine/bundle/reduction_list.h"
#include "engine/bundle/reduction_reader.h"
#include "engine/bundle/sha256.h"

namespace onebyone {
namespace {

using config::v1::ModelConfig;

constexpr int64_t kMaxConfigBytes = int64_t{4} << 20;
constexpr int kMaxEntries = 1000;   // of each repeated field
constexpr int kMaxReductions = 64;  // each may hold 64 MiB of weights

absl::Status CheckCount(absl::string_view field, int count, int most) {
  if (count <= most) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(field, ": want at most ", most, " entries, got ", count));
}

absl::Status ReadDefaultLayers(const ModelConfig& config, Bundle& bundle) {
  RETURN_IF_ERROR(CheckCount("default_layers", config.default_layers_size(), kMaxEntries));
  absl::flat_hash_set<std::string> seen;
  for (int i = 0; i < config.default_layers_size(); ++i) {
    const std::string& layer = config.default_layers(i);
    if (layer.empty() || !seen.insert(layer).second) {
      return absl::InvalidArgumentError(
          absl::StrCat("default_layers[", i, "]: want a layer that is not named yet, got '", layer, "'"));
    }
    bundle.default_layers.push_back(layer);
  }
  return absl::OkStatus();
}

absl::Status ReadAliases(const ModelConfig& config, Bundle& bundle) {
  RETURN_IF_ERROR(CheckCount("aliases", config.aliases_size(), kMaxEntries));
  for (int i = 0; i < config.aliases_size(); ++i) {
    const config::v1::LayerAlias& alias = config.aliases(i);
    if (alias.alias().empty() || !bundle.aliases.try_emplace(alias.alias(), alias.layer()).second) {
      return absl::InvalidArgumentError(
          absl::StrCat("aliases[", i, "].alias: want a name that no other alias has, got '", alias.alias(), "'"));
    }
    if (alias.layer().empty()) {
      return absl::InvalidArgumentError(absl::StrCat("aliases[", i, "].layer: want a layer, got none"));
    }
  }
  return absl::OkStatus();
}

// No two of a name, no two fitted ones of a layer.
absl::Status AddReduction(absl::string_view field, std::shared_ptr<const Reduction> reduction, Bundle& bundle) {
  for (const std::shared_ptr<const Reduction>& other : bundle.reductions) {
    if (other->name == reduction->name) {
      return absl::InvalidArgumentError(
          absl::StrCat(field, ".name: want a name that no other reduction has, got '", reduction->name, "'"));
    }
    const bool both_fitted = other->kind == Reduction::Kind::kFitted && reduction->kind == Reduction::Kind::kFitted;
    if (both_fitted && other->layer == reduction->layer) {
      return absl::InvalidArgumentError(absl::StrCat(
          field, ".layer: want a layer that has no reduction yet, or kind HEAD, got '", reduction->layer, "'"));
    }
  }
  bundle.reductions.push_back(std::move(reduction));
  return absl::OkStatus();
}

absl::Status ReadReductions(const ModelConfig& config, Bundle& bundle) {
  RETURN_IF_ERROR(CheckCount("reductions", config.reductions_size(), kMaxReductions));
  for (int i = 0; i < config.reductions_size(); ++i) {
    const std::string field = absl::StrCat("reductions[", i, "]");
    ASSIGN_OR_RETURN(Reduction reduction, ReadReduction(bundle.folder, field, config.reductions(i)));
    RETURN_IF_ERROR(AddReduction(field, std::make_shared<const Reduction>(std::move(reduction)), bundle));
  }
  return absl::OkStatus();
}

absl::Status ReadStoredReductions(Bundle& bundle) {
  const absl::StatusOr<ReductionList> list = ReadReductionList(bundle.folder, bundle.sha256);
  if (absl::IsNotFound(list.status())) return absl::OkStatus();
  RETURN_IF_ERROR(list.status());
  for (size_t i = 0; i < list->size(); ++i) {
    const std::string field = absl::StrCat(bundle.folder, "/", kReductionsFile, ": reductions[", i, "]");
    RETURN_IF_ERROR(AddReduction(field, (*list)[i], bundle));
  }
  return absl::OkStatus();
}

absl::Status ReadGoldens(const ModelConfig& config, Bundle& bundle) {
  RETURN_IF_ERROR(CheckCount("goldens", config.goldens_size(), kMaxEntries));
  for (int i = 0; i < config.goldens_size(); ++i) {
    ASSIGN_OR_RETURN(Golden golden, ReadGolden(bundle.folder, absl::StrCat("goldens[", i, "]"), config.goldens(i)));
    bundle.goldens.push_back(std::move(golden));
  }
  return absl::OkStatus();
}

absl::Status ReadConfig(const ModelConfig& config, Bundle& bundle) {
  bundle.description = config.description();
  bundle.license = config.license();
  bundle.source = config.source();
  ASSIGN_OR_RETURN(bundle.preprocess, ReadPreprocessing(config.preprocessing()));
  RETURN_IF_ERROR(ReadDefaultLayers(config, bundle));
  RETURN_IF_ERROR(ReadAliases(config, bundle));
  RETURN_IF_ERROR(ReadReductions(config, bundle));
  return ReadGoldens(config, bundle);
}

}  // namespace

absl::StatusOr<Bundle> ReadBundle(const std::string& folder, StoredCalibration stored) {
  ASSIGN_OR_RETURN(BundleLocation location, LocateBundle(folder));
  Bundle bundle;
  bundle.name = std::move(location.name);
  bundle.version = location.version;
  bundle.folder = std::move(location.folder);
  bundle.model_path = absl::StrCat(bundle.folder, "/", kModelFile);
  const std::string config_path = absl::StrCat(bundle.folder, "/", kConfigFile);

  ASSIGN_OR_RETURN(const std::string text, ReadFile(config_path, kMaxConfigBytes));
  ASSIGN_OR_RETURN(const ModelConfig config, ParseConfigText(text, config_path));
  if (const absl::Status status = ReadConfig(config, bundle); !status.ok()) {
    return absl::Status(status.code(), absl::StrCat(config_path, ": ", status.message()));
  }
  ASSIGN_OR_RETURN(bundle.sha256, Sha256OfFile(bundle.model_path));
  RETURN_IF_ERROR(ReadStoredReductions(bundle));
  if (stored == StoredCalibration::kIgnore) return bundle;
  absl::StatusOr<Calibration> calibration = ReadCalibration(bundle.folder, bundle.sha256);
  if (absl::IsNotFound(calibration.status())) return bundle;
  ASSIGN_OR_RETURN(Calibration read, std::move(calibration));
  bundle.calibration = std::make_shared<const Calibration>(std::move(read));
  return bundle;
}

}  // namespace onebyone
