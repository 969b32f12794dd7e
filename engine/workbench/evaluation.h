#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "engine/image/preprocessor.h"
#include "engine/model_loader.h"
#include "engine/runtime/cancellation.h"
#include "engine/tensor/tensor.h"
#include "engine/workbench/evaluated_features.h"
#include "engine/workbench/evaluation_report.h"
#include "engine/workbench/labelled_pictures.h"
#include "engine/workbench/progress.h"

namespace onebyone {

struct EvaluationOptions {
  int threads = 1;                   // pictures at a time; does not change the outcome
  bool skip_bad = false;             // leave pictures out that cannot be read, instead of an error
  std::string features_output = {};  // the file that RankModels writes the last features to; empty: none
  bool show_progress = false;
};

// Finds how good features are on one data set, step by step: ReadPictures first, then what is to be ranked. Keeps the
// features of as many layers at a time as fit into 4 GiB.
class Evaluation {
 public:
  // `cancellation` and `errors`, which gets skipped pictures and the progress, must outlive this.
  Evaluation(LabelledPictures pictures, EvaluationOptions options, const Cancellation& cancellation,
             std::ostream& errors);

  // INVALID_ARGUMENT, naming the layer, where one of the features of all pictures alone takes more than 4 GiB.
  absl::Status CheckBytes(const std::vector<EvaluatedFeature>& features) const;

  // Reads all pictures, so that what cannot be read shows before a network runs: INVALID_ARGUMENT, naming the first, or
  // without them from here on, as the options say. Then INVALID_ARGUMENT of LabelledPictures::Without. Errors of
  // ReadRawPixels.
  absl::Status ReadPictures(const PreprocessOptions& preprocess);

  // Each adds a row to the report for raw pixels; for each feature in the network `like` with random weights, in
  // float32; for each feature in each model, by feature, then by model. Errors of WithRandomWeights, MakeModel,
  // GatherFeatures, MeasureRetrieval and WriteFile.
  absl::Status RankRawPixels();
  absl::Status RankRandomWeights(const Model& like, const std::vector<EvaluatedFeature>& features);
  absl::Status RankModels(const std::vector<std::shared_ptr<const Model>>& models,
                          const std::vector<EvaluatedFeature>& features);

  const EvaluationReport& report() const { return report_; }

 private:
  void ListPaths();
  int64_t BytesOf(int64_t dimension) const;
  absl::Status CheckBytes(const std::string& what, int64_t dimension) const;
  absl::Status LeaveOut(const std::vector<absl::Status>& reading);
  std::vector<FeatureForm> TakeForms(const std::vector<EvaluatedFeature>& features, size_t next) const;
  // `like`: the row that each feature gets, but for what the feature says.
  absl::Status RankFeatures(const EvaluatedRow& like, const std::shared_ptr<const Model>& model,
                            const std::vector<EvaluatedFeature>& features);
  absl::Status Rank(const Tensor& features, EvaluatedRow row, Progress& progress);

  const EvaluationOptions options_;
  const Cancellation& cancellation_;
  std::ostream& errors_;
  EvaluationReport report_;
  std::vector<std::string> paths_;  // of the pictures
  Tensor pixels_;                   // of the pictures, until they are ranked
};

}  // namespace onebyone
