#include "engine/bundle/calibration_file.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "engine/base/file.h"
#include "engine/base/status_macros.h"
#include "engine/bundle/bundle_location.h"
#include "engine/bundle/config_text.h"

namespace onebyone {
namespace {

using ConfigCalibration = config::v1::Calibration;

constexpr int64_t kMaxFileBytes = int64_t{32} << 20;
constexpr int kMaxEntries = 100'000;  // of each repeated field: as many as a network may have nodes
constexpr size_t kMaxNameTold = 100;
constexpr std::array<const char*, 4> kMethods = {"max", "extreme", "percentile", "mse"};
constexpr std::array<Precision, 2> kCalibrated = {Precision::kBFloat16, Precision::kInt8};

absl::Status Wrong(absl::string_view field, absl::string_view wanted, absl::string_view got) {
  return absl::InvalidArgumentError(absl::StrCat(field, ": want ", wanted, ", got ", got));
}

std::string Quoted(const std::string& name) {
  return absl::StrCat("'", absl::CEscape(name.substr(0, kMaxNameTold)), "'");
}

absl::Status CheckCount(absl::string_view field, int count) {
  if (count <= kMaxEntries) return absl::OkStatus();
  return Wrong(field, absl::StrCat("at most ", kMaxEntries, " entries"), absl::StrCat(count));
}

absl::Status ReadRanges(const ConfigCalibration& config, Calibration& calibration) {
  RETURN_IF_ERROR(CheckCount("ranges", config.ranges_size()));
  for (int i = 0; i < config.ranges_size(); ++i) {
    const config::v1::ValueRange& range = config.ranges(i);
    const std::string field = absl::StrCat("ranges[", i, "]");
    if (!std::isfinite(range.low()) || !std::isfinite(range.high()) || range.low() > range.high()) {
      return Wrong(field, "finite numbers, low at most high", absl::StrCat(range.low(), " to ", range.high()));
    }
    const ValueRange read = {.low = range.low(), .high = range.high()};
    if (range.value().empty() || !calibration.ranges.try_emplace(range.value(), read).second) {
      return Wrong(absl::StrCat(field, ".value"), "a name that no other range has", Quoted(range.value()));
    }
  }
  return absl::OkStatus();
}

absl::Status ReadLayers(const std::string& field, const google::protobuf::RepeatedPtrField<std::string>& names,
                        absl::btree_set<std::string>& layers) {
  RETURN_IF_ERROR(CheckCount(field, names.size()));
  for (int i = 0; i < names.size(); ++i) {
    if (names[i].empty() || !layers.insert(names[i]).second) {
      return Wrong(absl::StrCat(field, "[", i, "]"), "a name that is not there yet", Quoted(names[i]));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<Precision> ReadPrecision(const std::string& field, const std::string& name) {
  for (const Precision precision : kCalibrated) {
    if (NameOf(precision) == name) return precision;
  }
  return Wrong(field, "bf16 or int8", Quoted(name));
}

// Not NaN either.
absl::Status CheckBetween(const std::string& field, double least, double most, double got) {
  if (got >= least && got <= most) return absl::OkStatus();
  return Wrong(field, absl::StrCat(least, " to ", most), absl::StrCat(got));
}

constexpr int kLargestWeight = 127;  // of a byte

absl::Status ReadFidelities(const ConfigCalibration& config, Calibration& calibration) {
  RETURN_IF_ERROR(CheckCount("fidelities", config.fidelities_size()));
  for (int i = 0; i < config.fidelities_size(); ++i) {
    const config::v1::Fidelity& fidelity = config.fidelities(i);
    const std::string field = absl::StrCat("fidelities[", i, "]");
    ASSIGN_OR_RETURN(const Precision precision, ReadPrecision(absl::StrCat(field, ".precision"), fidelity.precision()));
    for (const Fidelity& other : calibration.fidelities) {
      if (other.precision != precision) continue;
      return Wrong(absl::StrCat(field, ".precision"), "one that is not there yet", Quoted(fidelity.precision()));
    }
    RETURN_IF_ERROR(CheckBetween(absl::StrCat(field, ".pooled_cosine"), -1, 1, fidelity.pooled_cosine()));
    RETURN_IF_ERROR(CheckBetween(absl::StrCat(field, ".map_cosine"), -1, 1, fidelity.map_cosine()));
    RETURN_IF_ERROR(CheckBetween(absl::StrCat(field, ".top1_agreement"), 0, 1, fidelity.top1_agreement()));
    if (fidelity.largest_weight() < 0 || fidelity.largest_weight() > kLargestWeight) {
      return Wrong(absl::StrCat(field, ".largest_weight"), absl::StrCat("0 to ", kLargestWeight),
                   absl::StrCat(fidelity.largest_weight()));
    }
    calibration.fidelities.push_back({precision, fidelity.pooled_cosine(), fidelity.map_cosine(),
                                      fidelity.top1_agreement(),
                                      fidelity.largest_weight() == 0 ? kLargestWeight : fidelity.largest_weight()});
  }
  return absl::OkStatus();
}

absl::StatusOr<Calibration> FromConfig(const ConfigCalibration& config) {
  Calibration calibration;
  calibration.method = config.method();
  if (std::find(kMethods.begin(), kMethods.end(), config.method()) == kMethods.end()) {
    return Wrong("method", "max, extreme, percentile or mse", Quoted(config.method()));
  }
  calibration.images = config.images();
  if (calibration.images < 1) return Wrong("images", "at least 1", absl::StrCat(calibration.images));
  RETURN_IF_ERROR(ReadRanges(config, calibration));
  RETURN_IF_ERROR(ReadLayers("float_layers", config.float_layers(), calibration.float_layers));
  RETURN_IF_ERROR(ReadLayers("winograd_layers", config.winograd_layers(), calibration.winograd_layers));
  RETURN_IF_ERROR(ReadLayers("companded_layers", config.companded_layers(), calibration.companded_layers));
  RETURN_IF_ERROR(ReadFidelities(config, calibration));
  return calibration;
}

ConfigCalibration ToConfig(const Calibration& calibration) {
  ConfigCalibration config;
  config.set_method(calibration.method);
  config.set_images(calibration.images);
  for (const auto& [value, range] : calibration.ranges) {
    config::v1::ValueRange& stored = *config.add_ranges();
    stored.set_value(value);
    stored.set_low(range.low);
    stored.set_high(range.high);
  }
  for (const std::string& layer : calibration.float_layers) config.add_float_layers(layer);
  for (const std::string& layer : calibration.winograd_layers) config.add_winograd_layers(layer);
  for (const std::string& layer : calibration.companded_layers) config.add_companded_layers(layer);
  for (const Fidelity& fidelity : calibration.fidelities) {
    config::v1::Fidelity& stored = *config.add_fidelities();
    stored.set_precision(std::string(NameOf(fidelity.precision)));
    stored.set_pooled_cosine(fidelity.pooled_cosine);
    stored.set_map_cosine(fidelity.map_cosine);
    stored.set_top1_agreement(fidelity.top1_agreement);
    if (fidelity.precision == Precision::kInt8) stored.set_largest_weight(fidelity.largest_weight);
  }
  return config;
}

absl::Status At(const std::string& path, const absl::Status& status) {
  return absl::Status(status.code(), absl::StrCat(path, ": ", status.message()));
}

std::string PathIn(const std::string& folder) { return absl::StrCat(folder, "/", kCalibrationFile); }

}  // namespace

absl::StatusOr<Calibration> ReadCalibration(const std::string& folder, const std::string& model_sha256) {
  const std::string path = PathIn(folder);
  ASSIGN_OR_RETURN(const std::string text, ReadFile(path, kMaxFileBytes));
  ASSIGN_OR_RETURN(const ConfigCalibration config, ParseCalibrationText(text, path));
  if (config.model_sha256() != model_sha256) {
    const absl::Status wrong =
        Wrong("model_sha256", absl::StrCat("that of ", kModelFile, ", ", model_sha256), Quoted(config.model_sha256()));
    return absl::InvalidArgumentError(absl::StrCat(
        path, ": ", wrong.message(), "; it is of another model: run onebyone-model calibrate again, or remove it"));
  }
  absl::StatusOr<Calibration> calibration = FromConfig(config);
  if (!calibration.ok()) return At(path, calibration.status());
  return calibration;
}

absl::Status WriteCalibration(const std::string& folder, const std::string& model_sha256,
                              const Calibration& calibration) {
  const std::string path = PathIn(folder);
  ConfigCalibration config = ToConfig(calibration);
  config.set_model_sha256(model_sha256);
  if (const absl::StatusOr<Calibration> read = FromConfig(config); !read.ok()) return At(path, read.status());
  return WriteFile(path, FormatCalibrationText(config));
}

}  // namespace onebyone
