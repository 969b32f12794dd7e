#include "engine/workbench/fit_checkpoint.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "engine/base/file.h"
#include "engine/base/status_macros.h"
#include "engine/bundle/preprocessing_config.h"
#include "engine/bundle/sha256.h"
#include "onebyone/config/v1/reductions.pb.h"

namespace onebyone {
namespace {

namespace fs = std::filesystem;
using config::v1::FitCheckpoint;

// That sizes fit each other, so that no one reads behind an end.
bool IsWhole(const config::v1::PixelMoments& layer) {
  const int64_t channels = layer.mean_size();
  const int64_t pooled = std::min<int64_t>(layer.images(), kPooledImages);
  return layer.pixels() >= layer.images() && layer.images() >= 0 && (channels > 0) == (layer.pixels() > 0) &&
         layer.scatter_size() == channels * channels && layer.pooled_size() == pooled * channels;
}

bool IsWhole(const FitCheckpoint& checkpoint) {
  return checkpoint.files() >= checkpoint.skipped_size() &&
         std::all_of(checkpoint.layers().begin(), checkpoint.layers().end(),
                     [](const config::v1::PixelMoments& layer) { return IsWhole(layer); });
}

LayerMoments FromConfig(const config::v1::PixelMoments& stored) {
  LayerMoments layer;
  layer.images = stored.images();
  layer.pooled.assign(stored.pooled().begin(), stored.pooled().end());
  layer.moments.pixels = stored.pixels();
  layer.moments.mean.assign(stored.mean().begin(), stored.mean().end());
  layer.moments.scatter.assign(stored.scatter().begin(), stored.scatter().end());
  return layer;
}

}  // namespace

absl::StatusOr<std::string> FingerprintOf(const Bundle& bundle, const std::vector<std::string>& layers,
                                          const std::vector<std::string>& files) {
  std::string text = absl::StrCat(bundle.sha256, "\n", WritePreprocessing(bundle.preprocess).DebugString());
  for (const std::string& layer : layers) absl::StrAppend(&text, "layer ", layer, "\n");
  for (const std::string& file : files) {
    std::error_code ignored;  // a file that has gone is skipped as it is met
    const auto changed = fs::last_write_time(file, ignored).time_since_epoch().count();
    absl::StrAppend(&text, "file ", file, "\t", fs::file_size(file, ignored), "\t", changed, "\n");
  }
  return Sha256Of(text);
}

absl::StatusOr<CollectedMoments> ReadFitCheckpoint(const std::string& path, const std::string& fingerprint) {
  ASSIGN_OR_RETURN(const std::string content, ReadFile(path));
  FitCheckpoint checkpoint;
  if (!checkpoint.ParseFromString(content) || !IsWhole(checkpoint)) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": want a checkpoint of fit-reduction, got other bytes"));
  }
  if (checkpoint.fingerprint() != fingerprint) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": it is of another fit: other layers, pictures, preprocessing or model"));
  }
  CollectedMoments collected;
  collected.files = checkpoint.files();
  for (const auto& skipped : checkpoint.skipped()) collected.skipped.push_back({skipped.path(), skipped.reason()});
  for (const auto& layer : checkpoint.layers()) collected.layers.push_back(FromConfig(layer));
  return collected;
}

absl::Status WriteFitCheckpoint(const std::string& path, const std::string& fingerprint,
                                const CollectedMoments& collected) {
  FitCheckpoint checkpoint;
  checkpoint.set_fingerprint(fingerprint);
  checkpoint.set_files(collected.files);
  for (const SkippedFile& file : collected.skipped) {
    config::v1::SkippedFile& skipped = *checkpoint.add_skipped();
    skipped.set_path(file.path);
    skipped.set_reason(file.reason);
  }
  for (const LayerMoments& layer : collected.layers) {
    config::v1::PixelMoments& stored = *checkpoint.add_layers();
    stored.set_pixels(layer.moments.pixels);
    stored.set_images(layer.images);
    stored.mutable_mean()->Add(layer.moments.mean.begin(), layer.moments.mean.end());
    stored.mutable_scatter()->Add(layer.moments.scatter.begin(), layer.moments.scatter.end());
    stored.mutable_pooled()->Add(layer.pooled.begin(), layer.pooled.end());
  }
  std::string content;
  if (!checkpoint.SerializeToString(&content)) {
    return absl::UnavailableError(absl::StrCat(path, ": cannot be written: the moments are over 2 GiB"));
  }
  return WriteFile(path, content);
}

}  // namespace onebyone
