#include "engine/workbench/feature_gathering.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/types/span.h"
#include "engine/base/status_macros.h"
#include "engine/verification/picture_runner.h"
#include "engine/workbench/parallel_loop.h"

namespace onebyone {
namespace {

bool AreSame(const LayerQuery& a, const LayerQuery& b) {
  if (a.layer != b.layer || a.channels != b.channels) return false;
  return a.reduction == b.reduction ||
         (a.reduction != nullptr && b.reduction != nullptr && a.reduction->name == b.reduction->name);
}

// What the network is asked for: each layer once, however many forms take it.
struct Outputs {
  std::vector<LayerQuery> queries;
  std::vector<int> of_form;

  explicit Outputs(const std::vector<FeatureForm>& forms) {
    for (const FeatureForm& form : forms) {
      const auto same = std::find_if(queries.begin(), queries.end(),
                                     [&form](const LayerQuery& query) { return AreSame(query, form.query); });
      of_form.push_back(static_cast<int>(same - queries.begin()));
      if (same == queries.end()) queries.push_back(form.query);
    }
  }
};

absl::Status WithPath(const absl::Status& status, const std::string& path) {
  const std::string prefix = absl::StrCat(path, ": ");
  return absl::Status(status.code(), absl::StrCat(prefix, absl::StripPrefix(status.message(), prefix)));
}

absl::Status CheckFinite(absl::Span<const float> vector, const std::string& layer, const std::string& path) {
  const auto wrong = std::find_if(vector.begin(), vector.end(), [](float value) { return !std::isfinite(value); });
  if (wrong == vector.end()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("layer '", layer, "' of ", path, ": want finite numbers, got ", *wrong));
}

}  // namespace

absl::StatusOr<std::vector<Tensor>> GatherFeatures(const std::shared_ptr<const Model>& model,
                                                   const std::vector<FeatureForm>& forms,
                                                   const std::vector<std::string>& paths,
                                                   const GatheringOptions& options) {
  const Outputs outputs(forms);
  std::vector<std::unique_ptr<PictureRunner>> runners;
  for (int i = 0; i < options.threads; ++i) {
    ASSIGN_OR_RETURN(std::unique_ptr<PictureRunner> runner,
                     PictureRunner::Create(model, outputs.queries, InputFit::kModel));
    runners.push_back(std::move(runner));
  }
  std::vector<Tensor> matrices;
  for (const FeatureForm& form : forms) {
    ASSIGN_OR_RETURN(Tensor matrix,
                     Tensor::Create(DataType::kFloat32, {static_cast<int64_t>(paths.size()), form.dimension}));
    matrices.push_back(std::move(matrix));
  }
  const auto run = [&](int thread, size_t picture) -> absl::Status {
    if (options.cancellation != nullptr) RETURN_IF_ERROR(options.cancellation->Check());
    PictureRunner& runner = *runners[static_cast<size_t>(thread)];
    if (const absl::Status status = runner.Run(paths[picture]); !status.ok()) return WithPath(status, paths[picture]);
    for (size_t i = 0; i < forms.size(); ++i) {
      const auto length = static_cast<size_t>(forms[i].dimension);
      const auto row = absl::MakeSpan(matrices[i].As<float>() + picture * length, length);
      PoolMap(runner.Map(outputs.of_form[i]), forms[i].pooling, row);
      RETURN_IF_ERROR(CheckFinite(row, forms[i].query.layer, paths[picture]));
    }
    if (options.progress != nullptr) options.progress->Advance();
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(ParallelLoop(paths.size(), options.threads, run));
  return matrices;
}

}  // namespace onebyone
