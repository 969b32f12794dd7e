#include "engine/workbench/evaluate_command.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "engine/base/file.h"
#include "engine/base/npy.h"
#include "engine/base/status_macros.h"
#include "engine/import/onnx_importer.h"
#include "engine/model_loader.h"
#include "engine/workbench/evaluation_report.h"
#include "engine/workbench/feature_gathering.h"
#include "engine/workbench/labelled_pictures.h"
#include "engine/workbench/random_weights.h"
#include "engine/workbench/raw_pixels.h"

namespace onebyone {
namespace {

constexpr int64_t kMaxBytes = int64_t{4} << 30;  // of the features that are held at a time
constexpr uint64_t kSeed = 0;                    // of the random weights

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

int64_t BytesOf(const FeatureForm& form, size_t pictures) {
  return form.dimension * static_cast<int64_t>(pictures * sizeof(float));
}

absl::Status CheckBytes(const std::vector<EvaluatedFeature>& features, size_t pictures) {
  for (const EvaluatedFeature& feature : features) {
    if (BytesOf(feature.form, pictures) <= kMaxBytes) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("layer '", feature.layer, "': want features of at most ", kMaxBytes >> 20, " MiB, got ", pictures,
                     " pictures of ", feature.form.dimension, " numbers, ", BytesOf(feature.form, pictures) >> 20,
                     " MiB: --pooling average, fewer --channels or fewer pictures take less"));
  }
  return absl::OkStatus();
}

absl::Status CheckOutput(const EvaluateOptions& options, size_t features) {
  if (options.features_output.empty() || features == 1) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("--features-output: want one layer, in one pooling, precision and number of "
                   "channels, got ",
                   features, " combinations"));
}

// The rows of `features` whose picture is not `dropped`.
absl::StatusOr<Tensor> KeepRows(const Tensor& features, const std::vector<bool>& dropped) {
  const int64_t dimension = features.shape()[1];
  const int64_t kept = std::count(dropped.begin(), dropped.end(), false);
  ASSIGN_OR_RETURN(Tensor rows, Tensor::Create(DataType::kFloat32, {kept, dimension}));
  auto* to = rows.As<float>();
  for (size_t i = 0; i < dropped.size(); ++i) {
    if (!dropped[i]) to = std::copy_n(features.As<float>() + static_cast<int64_t>(i) * dimension, dimension, to);
  }
  return rows;
}

// The work on one data set, step by step.
class Evaluation {
 public:
  Evaluation(const EvaluateOptions& options, const Cancellation& cancellation, std::ostream& errors,
             LabelledPictures pictures)
      : options_(options),
        cancellation_(cancellation),
        errors_(errors),
        progress_(options.show_progress ? &errors : nullptr) {
    report_.pictures = std::move(pictures);
  }

  // Reads all pictures once, before any network runs: what cannot be read shows now.
  absl::Status ReadPixels(const Model& model) {
    LabelledPictures& pictures = report_.pictures;
    ListPaths();
    progress_.Begin("reading", static_cast<int64_t>(paths_.size()));
    ASSIGN_OR_RETURN(RawPixels raw,
                     ReadRawPixels(paths_, model.bundle.preprocess, options_.threads, cancellation_, progress_));
    const auto is_bad = [](const absl::Status& status) { return !status.ok(); };
    if (std::any_of(raw.reading.begin(), raw.reading.end(), is_bad)) {
      std::vector<bool> bad(paths_.size());
      std::transform(raw.reading.begin(), raw.reading.end(), bad.begin(), is_bad);
      RETURN_IF_ERROR(ReportBad(raw.reading));
      ASSIGN_OR_RETURN(pictures, pictures.Without(bad));
      ASSIGN_OR_RETURN(raw.pixels, KeepRows(raw.pixels, bad));
      ListPaths();
    }
    if (!options_.baselines.raw_pixels) return absl::OkStatus();
    EvaluatedRow row;
    row.kind = EvaluatedRow::Kind::kRawPixels;
    row.dimension = kRawDimension;
    return Rank("raw pixels", raw.pixels, std::move(row));
  }

  absl::Status RankRandomWeights(const Model& like) {
    if (!options_.baselines.random_weights) return absl::OkStatus();
    FeatureChoice choice = options_.features;
    choice.channels.clear();
    choice.reduction_name.clear();
    ASSIGN_OR_RETURN(const EvaluatedFeatures whole, ChooseFeatures(like, choice));
    RETURN_IF_ERROR(CheckBytes(whole.features, paths_.size()));
    ASSIGN_OR_RETURN(Graph network, ImportOnnxFile(like.bundle.model_path));
    ASSIGN_OR_RETURN(network, WithRandomWeights(std::move(network), kSeed));
    ASSIGN_OR_RETURN(const ModelPointer model, MakeModel(like.bundle, std::move(network), {.convolution = kExact}));
    return RankFeatures(EvaluatedRow::Kind::kRandomWeights, model, whole.features);
  }

  // Every feature in every precision; the rows stand by feature, then precision.
  absl::Status RankModels(const std::vector<ModelPointer>& models, const std::vector<EvaluatedFeature>& features) {
    const size_t first = report_.rows.size();
    for (const ModelPointer& model : models) {
      RETURN_IF_ERROR(RankFeatures(EvaluatedRow::Kind::kModel, model, features));
    }
    std::vector<EvaluatedRow> rows;
    for (size_t feature = 0; feature < features.size(); ++feature) {
      for (size_t model = 0; model < models.size(); ++model) {
        rows.push_back(std::move(report_.rows[first + model * features.size() + feature]));
      }
    }
    std::move(rows.begin(), rows.end(), report_.rows.begin() + static_cast<int64_t>(first));
    return absl::OkStatus();
  }

  EvaluationReport& report() { return report_; }

 private:
  void ListPaths() {
    paths_.clear();
    for (size_t i = 0; i < report_.pictures.size(); ++i) paths_.push_back(report_.pictures.PathOf(i));
  }

  // Lists the pictures that could not be read, or makes an error of them.
  absl::Status ReportBad(const std::vector<absl::Status>& reading) {
    std::vector<std::string> lines;
    for (size_t i = 0; i < reading.size(); ++i) {
      if (reading[i].ok()) continue;
      const std::string prefix = absl::StrCat(paths_[i], ": ");
      lines.push_back(absl::StrCat(prefix, absl::StripPrefix(reading[i].message(), prefix)));
    }
    if (!options_.skip_bad) {
      return absl::InvalidArgumentError(absl::StrCat(
          "--dataset: want pictures that can be read, got ", lines.size(), " of ", reading.size(),
          " that cannot (--skip-bad leaves them out); ", lines.size() == 1 ? "" : "the first: ", lines.front()));
    }
    report_.skipped = static_cast<int64_t>(lines.size());
    errors_ << "skipped " << lines.size() << " of " << reading.size() << " pictures, which cannot be read:\n";
    for (const std::string& line : lines) errors_ << "  " << line << "\n";
    return absl::OkStatus();
  }

  absl::Status RankFeatures(EvaluatedRow::Kind kind, const ModelPointer& model,
                            const std::vector<EvaluatedFeature>& features) {
    const std::string precision(NameOf(model->compiled->precision()));
    const std::string stage = kind == EvaluatedRow::Kind::kRandomWeights ? "random weights" : precision;
    for (size_t next = 0; next < features.size();) {
      const std::vector<FeatureForm> forms = TakeForms(features, next);
      progress_.Begin(stage, static_cast<int64_t>(paths_.size()));
      ASSIGN_OR_RETURN(
          const std::vector<Tensor> matrices,
          GatherFeatures(model, forms, paths_,
                         {.threads = options_.threads, .cancellation = &cancellation_, .progress = &progress_}));
      for (const Tensor& matrix : matrices) {
        const EvaluatedFeature& feature = features[next++];
        RETURN_IF_ERROR(Rank(absl::StrCat(stage, ", ", feature.layer), matrix,
                             {.kind = kind,
                              .layer = feature.layer,
                              .pooling = feature.pooling,
                              .precision = precision,
                              .channels = feature.channels,
                              .reduction = feature.reduction,
                              .dimension = feature.form.dimension,
                              .quality = {}}));
        if (kind == EvaluatedRow::Kind::kModel) RETURN_IF_ERROR(WriteFeatures(matrix));
      }
    }
    return absl::OkStatus();
  }

  // Those from `next` on that fit into memory together, at least one: each run of the network serves as many as can be.
  std::vector<FeatureForm> TakeForms(const std::vector<EvaluatedFeature>& features, size_t next) const {
    std::vector<FeatureForm> forms;
    int64_t bytes = 0;
    for (size_t i = next; i < features.size(); ++i) {
      bytes += BytesOf(features[i].form, paths_.size());
      if (i > next && bytes > kMaxBytes) break;
      forms.push_back(features[i].form);
    }
    return forms;
  }

  absl::Status Rank(const std::string& stage, const Tensor& features, EvaluatedRow row) {
    progress_.Begin(stage, static_cast<int64_t>(paths_.size()));
    ASSIGN_OR_RETURN(
        row.quality,
        MeasureRetrieval(features, report_.pictures.classes,
                         {.threads = options_.threads, .cancellation = &cancellation_, .progress = &progress_}));
    report_.rows.push_back(std::move(row));
    return absl::OkStatus();
  }

  absl::Status WriteFeatures(const Tensor& features) const {
    if (options_.features_output.empty()) return absl::OkStatus();
    const absl::string_view content(static_cast<const char*>(features.data()), features.bytes());
    return WriteFile(options_.features_output, FormatNpy("<f4", features.shape().extents(), content));
  }

  const EvaluateOptions& options_;
  const Cancellation& cancellation_;
  std::ostream& errors_;
  Progress progress_;
  EvaluationReport report_;
  std::vector<std::string> paths_;
};

absl::StatusOr<EvaluationReport> Evaluate(const EvaluateOptions& options, const Cancellation& cancellation,
                                          std::ostream& errors) {
  ASSIGN_OR_RETURN(LabelledPictures pictures, ReadLabelledPictures(options.dataset));
  ASSIGN_OR_RETURN(const std::vector<ModelPointer> models, LoadModels(options));
  const Model& model = *models.front();
  ASSIGN_OR_RETURN(const EvaluatedFeatures chosen, ChooseFeatures(model, options.features));
  RETURN_IF_ERROR(CheckOutput(options, chosen.features.size() * models.size()));
  RETURN_IF_ERROR(CheckBytes(chosen.features, pictures.size()));
  for (const std::string& reason : chosen.left_out) errors << "left out: " << reason << "\n";
  Evaluation evaluation(options, cancellation, errors, std::move(pictures));
  evaluation.report().model = model.bundle.name;
  RETURN_IF_ERROR(evaluation.ReadPixels(model));
  RETURN_IF_ERROR(evaluation.RankRandomWeights(model));
  RETURN_IF_ERROR(evaluation.RankModels(models, chosen.features));
  return std::move(evaluation.report());
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
