#include "engine/workbench/fit_reduction_command.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/base/json.h"
#include "engine/base/status_macros.h"
#include "engine/bundle/bundle_location.h"
#include "engine/model_loader.h"
#include "engine/reduction/principal_components.h"
#include "engine/workbench/component_ranges.h"
#include "engine/workbench/fit_checkpoint.h"
#include "engine/workbench/layer_choice.h"
#include "engine/workbench/moment_collection.h"
#include "engine/workbench/picture_set.h"
#include "engine/workbench/reduction_report.h"
#include "engine/workbench/reduction_store.h"
#include "engine/workbench/table.h"

namespace onebyone {
namespace {

constexpr int64_t kMaxBytes = int64_t{4} << 30;  // of moments in memory

// What is fitted, and how far it is.
struct Fit {
  std::shared_ptr<const Model> model;
  std::vector<const LayerInfo*> layers;
  std::vector<std::string> files;
  std::string checkpoint;  // a path
  std::string fingerprint;
  CollectedMoments collected;

  std::vector<std::string> LayerNames() const {
    std::vector<std::string> names;
    for (const LayerInfo* layer : layers) names.push_back(layer->name);
    return names;
  }
};

// A reduction and what it keeps.
struct Outcome {
  std::shared_ptr<Reduction> reduction;
  int64_t pixels = 0;
  std::vector<ReductionRow> rows;
};

absl::Status CheckLayers(const std::vector<const LayerInfo*>& layers, const FitReductionOptions& options) {
  double bytes = 0;
  for (const LayerInfo* layer : layers) {
    const auto channels = static_cast<double>(layer->channels);
    bytes += channels * channels * sizeof(double) *
             (2.0 * options.threads + 3.0);  // in work and waiting, the sum, and a checkpoint
    if (layer->channels < 2 || layer->channels > kMaxFitChannels) {
      return absl::InvalidArgumentError(absl::StrCat("layer '", layer->name, "': want 2 to ", kMaxFitChannels,
                                                     " channels, whose covariance is to be solved, got ",
                                                     layer->channels));
    }
    if (options.max_channels >= layer->channels) {
      return absl::InvalidArgumentError(absl::StrCat("--max-channels: want at most ", layer->channels - 1,
                                                     " for layer '", layer->name, "', which has ", layer->channels,
                                                     ", got ", options.max_channels));
    }
  }
  if (bytes <= kMaxBytes) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrFormat("--layer: want moments of at most %d MiB in memory, got %.0f MiB: take fewer layers at a time, "
                      "or fewer --threads",
                      kMaxBytes >> 20, bytes / (1 << 20)));
}

absl::StatusOr<Fit> Prepare(const FitReductionOptions& options, std::ostream& errors) {
  Fit fit;
  ASSIGN_OR_RETURN(fit.model, LoadModel(options.bundle, PrecisionChoice::kFloat32,
                                        {.convolution = CompileOptions::Convolution::kExact}));
  ASSIGN_OR_RETURN(fit.layers, ResolveLayers(*fit.model, options.layers));
  RETURN_IF_ERROR(CheckLayers(fit.layers, options));
  ASSIGN_OR_RETURN(fit.files, ListPictureFiles(options.images));
  if (fit.files.empty()) {
    return absl::NotFoundError(absl::StrCat("--images: want at least one picture in ", options.images, ", got none"));
  }
  fit.checkpoint = absl::StrCat(fit.model->bundle.folder, "/", kFitCheckpointFile);
  ASSIGN_OR_RETURN(fit.fingerprint, FingerprintOf(fit.model->bundle, fit.LayerNames(), fit.files));
  absl::StatusOr<CollectedMoments> before = ReadFitCheckpoint(fit.checkpoint, fit.fingerprint);
  if (before.ok()) {
    fit.collected = *std::move(before);
    errors << "going on after " << fit.collected.files << " of " << fit.files.size() << " files, by " << fit.checkpoint
           << "\n";
  } else if (!absl::IsNotFound(before.status())) {
    errors << before.status().message() << "; beginning anew\n";
  }
  return fit;
}

absl::Status Collect(const FitReductionOptions& options, const Cancellation& cancellation, std::ostream& errors,
                     Fit& fit) {
  const auto checkpoint = [&fit](const CollectedMoments& collected) {
    return WriteFitCheckpoint(fit.checkpoint, fit.fingerprint, collected);
  };
  absl::Status status;
  {
    Progress progress(options.show_progress ? &errors : nullptr);
    status = CollectMoments(fit.model, fit.files,
                            {.layers = fit.LayerNames(), .threads = options.threads, .checkpoint = checkpoint},
                            cancellation, progress, fit.collected);
  }
  const std::vector<SkippedFile>& skipped = fit.collected.skipped;
  if (!skipped.empty()) {
    errors << "skipped " << skipped.size() << " of " << fit.collected.files << " files, which are no pictures:\n";
    for (const SkippedFile& file : skipped) errors << "  " << file.path << ": " << file.reason << "\n";
  }
  if (absl::IsCancelled(status)) {
    RETURN_IF_ERROR(checkpoint(fit.collected));
    return absl::CancelledError(absl::StrCat("interrupted after ", fit.collected.files, " of ", fit.files.size(),
                                             " files; the same command goes on from ", fit.checkpoint));
  }
  RETURN_IF_ERROR(status);
  if (fit.collected.layers.front().images > 0) return absl::OkStatus();
  return absl::NotFoundError(absl::StrCat("--images: want at least one picture in ", options.images, ", got ",
                                          fit.files.size(), " files that are none"));
}

absl::StatusOr<std::vector<Outcome>> Solve(const Fit& fit, int64_t max_channels) {
  std::vector<Outcome> outcomes;
  for (size_t i = 0; i < fit.layers.size(); ++i) {
    const LayerMoments& layer = fit.collected.layers[i];
    absl::StatusOr<Reduction> reduction = FitPrincipalComponents(fit.layers[i]->name, layer.moments, max_channels);
    if (!reduction.ok()) {
      return absl::Status(reduction.status().code(),
                          absl::StrCat("layer '", fit.layers[i]->name, "': ", reduction.status().message()));
    }
    reduction->images = layer.images;
    Outcome& outcome = outcomes.emplace_back();
    outcome.rows = ReportOn(*reduction, layer.moments.mean, layer.pooled);
    outcome.pixels = layer.moments.pixels;
    outcome.reduction = std::make_shared<Reduction>(*std::move(reduction));
  }
  return outcomes;
}

// So that bytes of a fixed scale can hold what the reductions give.
absl::Status AddRanges(const FitReductionOptions& options, const Cancellation& cancellation, std::ostream& errors,
                       const Fit& fit, std::vector<Outcome>& outcomes) {
  std::vector<std::string> pictures;
  for (const std::string& file : fit.files) {
    const auto is_file = [&file](const SkippedFile& skipped) { return skipped.path == file; };
    if (std::none_of(fit.collected.skipped.begin(), fit.collected.skipped.end(), is_file)) pictures.push_back(file);
  }
  std::vector<std::shared_ptr<const Reduction>> reductions;
  for (const Outcome& outcome : outcomes) reductions.push_back(outcome.reduction);
  Progress progress(options.show_progress ? &errors : nullptr);
  ASSIGN_OR_RETURN(const auto ranges,
                   MeasureComponentRanges(fit.model, reductions, pictures, options.threads, cancellation, progress));
  for (size_t i = 0; i < outcomes.size(); ++i) outcomes[i].reduction->ranges = ranges[i];
  return absl::OkStatus();
}

void PrintText(const Fit& fit, const std::vector<Outcome>& outcomes, std::ostream& out) {
  for (const Outcome& outcome : outcomes) {
    const Reduction& reduction = *outcome.reduction;
    out << reduction.name << ": " << reduction.max_channels() << " of " << reduction.layer_channels()
        << " channels, from " << WithThousands(outcome.pixels) << " pixels of " << reduction.images << " pictures\n";
    Table table({{"k"}, {"variance kept"}, {"pooled cosine, mean"}, {"least"}});
    for (const ReductionRow& row : outcome.rows) {
      table.AddRow({absl::StrCat(row.channels), absl::StrFormat("%.2f %%", 100 * row.explained_variance),
                    absl::StrFormat("%.6f", row.mean_pooled_cosine), absl::StrFormat("%.6f", row.least_pooled_cosine)});
    }
    out << table.ToString() << "\n";
  }
  out << "stored in " << fit.model->bundle.folder << "/" << kReductionsFile << "\n";
}

void PrintJson(const Fit& fit, const std::vector<Outcome>& outcomes, std::ostream& out) {
  std::vector<std::string> skipped;
  for (const SkippedFile& file : fit.collected.skipped) {
    skipped.push_back(JsonObject().String("path", file.path).String("reason", file.reason).ToString());
  }
  std::vector<std::string> layers;
  for (const Outcome& outcome : outcomes) {
    std::vector<std::string> rows;
    for (const ReductionRow& row : outcome.rows) {
      JsonObject json;
      json.Integer("channels", row.channels).Number("explained_variance", row.explained_variance);
      json.Number("mean_pooled_cosine", row.mean_pooled_cosine).Number("least_pooled_cosine", row.least_pooled_cosine);
      rows.push_back(json.ToString());
    }
    const Reduction& reduction = *outcome.reduction;
    JsonObject json;
    json.String("layer", reduction.layer).String("reduction", reduction.name);
    json.Integer("layer_channels", reduction.layer_channels()).Integer("max_channels", reduction.max_channels());
    json.Integer("images", reduction.images).Integer("pixels", outcome.pixels).Json("rows", JsonArray(rows));
    layers.push_back(json.ToString());
  }
  JsonObject json;
  json.String("model", fit.model->bundle.name).String("folder", fit.model->bundle.folder);
  json.Json("skipped", JsonArray(skipped)).Json("layers", JsonArray(layers));
  out << json.ToString() << "\n";
}

}  // namespace

absl::Status RunFitReduction(const FitReductionOptions& options, const Cancellation& cancellation, std::ostream& out,
                             std::ostream& errors) {
  ASSIGN_OR_RETURN(Fit fit, Prepare(options, errors));
  RETURN_IF_ERROR(Collect(options, cancellation, errors, fit));
  ASSIGN_OR_RETURN(std::vector<Outcome> outcomes, Solve(fit, options.max_channels));
  RETURN_IF_ERROR(AddRanges(options, cancellation, errors, fit, outcomes));
  ReductionList reductions;
  for (const Outcome& outcome : outcomes) reductions.push_back(outcome.reduction);
  RETURN_IF_ERROR(StoreReductions(fit.model->bundle, reductions));
  std::error_code ignored;
  std::filesystem::remove(fit.checkpoint, ignored);
  (options.json ? PrintJson : PrintText)(fit, outcomes, out);
  return absl::OkStatus();
}

}  // namespace onebyone
