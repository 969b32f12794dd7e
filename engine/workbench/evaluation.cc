#include "engine/workbench/evaluation.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "engine/base/file.h"
#include "engine/base/npy.h"
#include "engine/base/status_macros.h"
#include "engine/import/onnx_importer.h"
#include "engine/workbench/feature_gathering.h"
#include "engine/workbench/random_weights.h"
#include "engine/workbench/raw_pixels.h"

namespace onebyone {
namespace {

constexpr int64_t kMaxBytes = int64_t{4} << 30;  // of the features that are held at a time
constexpr uint64_t kSeed = 0;                    // of the random weights

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

absl::Status WriteFeatures(const std::string& path, const Tensor& features) {
  const absl::string_view content(static_cast<const char*>(features.data()), features.bytes());
  return WriteFile(path, FormatNpy("<f4", features.shape().extents(), content));
}

}  // namespace

Evaluation::Evaluation(LabelledPictures pictures, EvaluationOptions options, const Cancellation& cancellation,
                       std::ostream& errors)
    : options_(std::move(options)), cancellation_(cancellation), errors_(errors) {
  report_.pictures = std::move(pictures);
  ListPaths();
}

void Evaluation::ListPaths() {
  paths_.clear();
  for (size_t i = 0; i < report_.pictures.size(); ++i) paths_.push_back(report_.pictures.PathOf(i));
}

int64_t Evaluation::BytesOf(int64_t dimension) const {
  return dimension * static_cast<int64_t>(paths_.size() * sizeof(float));
}

absl::Status Evaluation::CheckBytes(const std::string& what, int64_t dimension) const {
  if (BytesOf(dimension) <= kMaxBytes) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      what, ": want features of at most ", kMaxBytes >> 20, " MiB, got ", paths_.size(), " pictures of ", dimension,
      " numbers, ", BytesOf(dimension) >> 20, " MiB: --pooling average, fewer --channels or fewer pictures take less"));
}

absl::Status Evaluation::CheckBytes(const std::vector<EvaluatedFeature>& features) const {
  for (const EvaluatedFeature& feature : features) {
    RETURN_IF_ERROR(CheckBytes(absl::StrCat("layer '", feature.layer, "'"), feature.form.dimension));
  }
  return absl::OkStatus();
}

absl::Status Evaluation::ReadPictures(const PreprocessOptions& preprocess) {
  RETURN_IF_ERROR(CheckBytes("raw pixels", kRawDimension));
  RawPixels raw;
  {
    Progress progress(options_.show_progress ? &errors_ : nullptr);
    progress.Begin("reading", static_cast<int64_t>(paths_.size()));
    ASSIGN_OR_RETURN(raw, ReadRawPixels(paths_, preprocess, options_.threads, cancellation_, progress));
  }
  pixels_ = raw.pixels;
  const bool all_read =
      std::all_of(raw.reading.begin(), raw.reading.end(), [](const absl::Status& status) { return status.ok(); });
  return all_read ? absl::OkStatus() : LeaveOut(raw.reading);
}

// The pictures that could not be read.
absl::Status Evaluation::LeaveOut(const std::vector<absl::Status>& reading) {
  std::vector<std::string> lines;
  std::vector<bool> bad(reading.size());
  for (size_t i = 0; i < reading.size(); ++i) {
    if (reading[i].ok()) continue;
    bad[i] = true;
    const std::string prefix = absl::StrCat(paths_[i], ": ");
    lines.push_back(absl::StrCat(prefix, absl::StripPrefix(reading[i].message(), prefix)));
  }
  if (!options_.skip_bad) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--dataset: want pictures that can be read, got ", lines.size(), " of ", reading.size(),
        " that cannot (--skip-bad leaves them out); ", lines.size() == 1 ? "" : "the first: ", lines.front()));
  }
  errors_ << "skipped " << lines.size() << " of " << reading.size() << " pictures, which cannot be read:\n";
  for (const std::string& line : lines) errors_ << "  " << line << "\n";
  report_.skipped = static_cast<int64_t>(lines.size());
  ASSIGN_OR_RETURN(report_.pictures, report_.pictures.Without(bad));
  ASSIGN_OR_RETURN(pixels_, KeepRows(pixels_, bad));
  ListPaths();
  return absl::OkStatus();
}

absl::Status Evaluation::RankRawPixels() {
  EvaluatedRow row;
  row.kind = EvaluatedRow::Kind::kRawPixels;
  row.dimension = kRawDimension;
  Progress progress(options_.show_progress ? &errors_ : nullptr);
  progress.Begin("ranking by raw pixels", static_cast<int64_t>(paths_.size()));
  RETURN_IF_ERROR(Rank(pixels_, std::move(row), progress));
  pixels_ = Tensor();
  return absl::OkStatus();
}

absl::Status Evaluation::RankRandomWeights(const Model& like, const std::vector<EvaluatedFeature>& features) {
  ASSIGN_OR_RETURN(Graph network, ImportOnnxFile(like.bundle.model_path));
  ASSIGN_OR_RETURN(network, WithRandomWeights(std::move(network), kSeed));
  ASSIGN_OR_RETURN(const std::shared_ptr<const Model> model,
                   MakeModel(like.bundle, std::move(network), {.convolution = CompileOptions::Convolution::kExact}));
  return RankFeatures({.kind = EvaluatedRow::Kind::kRandomWeights}, model, features);
}

absl::Status Evaluation::RankModels(const std::vector<std::shared_ptr<const Model>>& models,
                                    const std::vector<EvaluatedFeature>& features) {
  const size_t first = report_.rows.size();
  for (const auto& model : models) RETURN_IF_ERROR(RankFeatures({}, model, features));
  std::vector<EvaluatedRow> rows;
  for (size_t feature = 0; feature < features.size(); ++feature) {
    for (size_t model = 0; model < models.size(); ++model) {
      rows.push_back(std::move(report_.rows[first + model * features.size() + feature]));
    }
  }
  std::move(rows.begin(), rows.end(), report_.rows.begin() + static_cast<int64_t>(first));
  return absl::OkStatus();
}

// Those from `next` on that fit into memory together, at least one: each run of the network serves as many as can be.
std::vector<FeatureForm> Evaluation::TakeForms(const std::vector<EvaluatedFeature>& features, size_t next) const {
  std::vector<FeatureForm> forms;
  int64_t bytes = 0;
  for (size_t i = next; i < features.size(); ++i) {
    bytes += BytesOf(features[i].form.dimension);
    if (i > next && bytes > kMaxBytes) break;
    forms.push_back(features[i].form);
  }
  return forms;
}

absl::Status Evaluation::RankFeatures(const EvaluatedRow& like, const std::shared_ptr<const Model>& model,
                                      const std::vector<EvaluatedFeature>& features) {
  const bool is_random = like.kind == EvaluatedRow::Kind::kRandomWeights;
  const std::string precision(NameOf(model->compiled->precision()));
  const std::string stage = is_random ? "random weights" : precision;
  Progress progress(options_.show_progress ? &errors_ : nullptr);
  for (size_t next = 0; next < features.size();) {
    const std::vector<FeatureForm> forms = TakeForms(features, next);
    progress.Begin(stage, static_cast<int64_t>(paths_.size()));
    ASSIGN_OR_RETURN(
        const std::vector<Tensor> matrices,
        GatherFeatures(model, forms, paths_,
                       {.threads = options_.threads, .cancellation = &cancellation_, .progress = &progress}));
    for (const Tensor& matrix : matrices) {
      const EvaluatedFeature& feature = features[next++];
      EvaluatedRow row = like;
      row.layer = feature.layer;
      row.pooling = feature.pooling;
      row.precision = precision;
      row.channels = feature.channels;
      row.reduction = feature.reduction;
      row.dimension = feature.form.dimension;
      progress.Begin(absl::StrCat(stage, ", ranking by ", feature.layer), static_cast<int64_t>(paths_.size()));
      RETURN_IF_ERROR(Rank(matrix, std::move(row), progress));
      if (!is_random && !options_.features_output.empty()) {
        RETURN_IF_ERROR(WriteFeatures(options_.features_output, matrix));
      }
    }
  }
  return absl::OkStatus();
}

absl::Status Evaluation::Rank(const Tensor& features, EvaluatedRow row, Progress& progress) {
  ASSIGN_OR_RETURN(
      row.quality,
      MeasureRetrieval(features, report_.pictures.classes,
                       {.threads = options_.threads, .cancellation = &cancellation_, .progress = &progress}));
  report_.rows.push_back(std::move(row));
  return absl::OkStatus();
}

}  // namespace onebyone
