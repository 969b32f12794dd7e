#include "engine/workbench/evaluate_command.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/model_loader.h"
#include "engine/workbench/evaluation.h"
#include "engine/workbench/evaluation_report.h"
#include "engine/workbench/labelled_pictures.h"

namespace onebyone {
namespace {

using ModelPointer = std::shared_ptr<const Model>;

constexpr CompileOptions::Convolution kExact = CompileOptions::Convolution::kExact;

// One for each precision, however many choices mean it.
absl::StatusOr<std::vector<ModelPointer>> LoadModels(const EvaluateOptions& options) {
  std::vector<ModelPointer> models;
  for (const PrecisionChoice choice : options.precisions) {
    ASSIGN_OR_RETURN(ModelPointer model, LoadModel(options.bundle, choice, {.convolution = kExact}));
    const Precision precision = model->compiled->precision();
    if (std::any_of(models.begin(), models.end(),
                    [precision](const ModelPointer& other) { return other->compiled->precision() == precision; })) {
      continue;
    }
    if (precision != Precision::kFloat32) {
      const ConvVariant winograd = {.algorithm = ConvVariant::Algorithm::kWinograd};
      ASSIGN_OR_RETURN(model, LoadModel(options.bundle, choice, {.every_conv = winograd}));
    }
    models.push_back(std::move(model));
  }
  return models;
}

absl::Status CheckOutput(const EvaluateOptions& options, size_t features) {
  if (options.features_output.empty() || features == 1) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("--features-output: want one layer, in one pooling, precision and number of channels, got ",
                   features, " combinations"));
}

// The same layers and poolings, all channels.
absl::StatusOr<EvaluatedFeatures> ChooseWhole(const Model& model, FeatureChoice choice) {
  choice.channels.clear();
  choice.reduction_name.clear();
  return ChooseFeatures(model, choice);
}

absl::StatusOr<EvaluationReport> Evaluate(const EvaluateOptions& options, const Cancellation& cancellation,
                                          std::ostream& errors) {
  ASSIGN_OR_RETURN(LabelledPictures pictures, ReadLabelledPictures(options.dataset));
  ASSIGN_OR_RETURN(const std::vector<ModelPointer> models, LoadModels(options));
  const Model& model = *models.front();
  ASSIGN_OR_RETURN(const EvaluatedFeatures chosen, ChooseFeatures(model, options.features));
  RETURN_IF_ERROR(CheckOutput(options, chosen.features.size() * models.size()));
  ASSIGN_OR_RETURN(const EvaluatedFeatures whole, ChooseWhole(model, options.features));
  for (const std::string& reason : chosen.left_out) errors << "left out: " << reason << "\n";
  Evaluation evaluation(std::move(pictures),
                        {.threads = options.threads,
                         .skip_bad = options.skip_bad,
                         .features_output = options.features_output,
                         .show_progress = options.show_progress},
                        cancellation, errors);
  RETURN_IF_ERROR(evaluation.CheckBytes(chosen.features));
  if (options.baselines.random_weights) RETURN_IF_ERROR(evaluation.CheckBytes(whole.features));
  RETURN_IF_ERROR(evaluation.ReadPictures(model.bundle.preprocess));
  if (options.baselines.raw_pixels) RETURN_IF_ERROR(evaluation.RankRawPixels());
  if (options.baselines.random_weights) RETURN_IF_ERROR(evaluation.RankRandomWeights(model, whole.features));
  RETURN_IF_ERROR(evaluation.RankModels(models, chosen.features));
  EvaluationReport report = evaluation.report();
  report.model = model.bundle.name;
  return report;
}

}  // namespace

absl::Status RunEvaluate(const EvaluateOptions& options, const Cancellation& cancellation, std::ostream& out,
                         std::ostream& errors) {
  const absl::StatusOr<EvaluationReport> report = Evaluate(options, cancellation, errors);
  if (absl::IsCancelled(report.status())) return absl::CancelledError("interrupted; nothing was evaluated");
  RETURN_IF_ERROR(report.status());
  (options.json ? PrintJson : PrintText)(*report, out);
  return absl::OkStatus();
}

}  // namespace onebyone
