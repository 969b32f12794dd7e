#include "engine/verification/golden_check.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/file.h"
#include "engine/base/npy.h"
#include "engine/base/status_macros.h"
#include "engine/verification/picture_runner.h"

namespace onebyone {
namespace {

constexpr double kLeastCosine = 0.9;

std::string FileName(const std::string& path) { return std::filesystem::path(path).filename().string(); }

bool IsFinite(const ConstTensorView& map) {
  const auto* const begin = map.As<float>();
  return std::all_of(begin, begin + map.shape.Elements(), [](float number) { return std::isfinite(number); });
}

absl::Status CheckFinite(const Model& model) {
  PlanQuery query = {.height = model.compiled->input_height(), .width = model.compiled->input_width()};
  for (const std::string& layer : model.DefaultLayers()) query.layers.push_back({.layer = layer});
  ASSIGN_OR_RETURN(std::shared_ptr<const Plan> plan, model.compiled->PlanFor(query));
  const std::unique_ptr<Executor> executor = Executor::Create({});
  RETURN_IF_ERROR(executor->Use(std::move(plan)));
  const TensorView input = executor->Input();
  std::fill_n(input.As<float>(), input.shape.Elements(), 0.0F);
  RETURN_IF_ERROR(executor->Run(nullptr));
  for (size_t i = 0; i < query.layers.size(); ++i) {
    if (IsFinite(executor->Output(static_cast<int>(i)))) continue;
    return absl::InvalidArgumentError(absl::StrCat("layer '", query.layers[i].layer,
                                                   "' of an input of zeros: want finite numbers, got NaN or infinity"));
  }
  return absl::OkStatus();
}

absl::Status CheckGolden(const Golden& golden, const std::shared_ptr<const Model>& model) {
  ASSIGN_OR_RETURN(const Comparison comparison, CompareWithGolden(golden, model));
  const bool is_exact = model->compiled->precision() == Precision::kFloat32;
  if (is_exact ? comparison.Within(golden.tolerance) : comparison.cosine >= kLeastCosine) return absl::OkStatus();
  const std::string what = absl::StrCat("golden: layer '", golden.layer, "' of ", FileName(golden.image), ": want ");
  return absl::InvalidArgumentError(
      is_exact ? absl::StrCat(what, "a difference of at most ", golden.tolerance, " of the largest value, got ",
                              comparison.Relative())
               : absl::StrCat(what, "a cosine of at least ", kLeastCosine, ", got ", comparison.cosine));
}

}  // namespace

absl::StatusOr<Comparison> CompareWithGolden(const Golden& golden, const std::shared_ptr<const Model>& model) {
  ASSIGN_OR_RETURN(const LayerInfo* layer, model->ResolveLayer(golden.layer));
  ASSIGN_OR_RETURN(const std::unique_ptr<PictureRunner> runner,
                   PictureRunner::Create(model, {{.layer = layer->name}}, InputFit::kNoResize));
  if (const absl::Status status = runner->Run(golden.image); !status.ok()) {
    return absl::Status(status.code(), absl::StrCat(golden.image, ": ", status.message()));
  }
  ASSIGN_OR_RETURN(const std::string file, ReadFile(golden.output));
  const absl::StatusOr<NpyArray> expected = ParseNpy(file);
  absl::StatusOr<Comparison> comparison =
      expected.ok() ? Compare(runner->Map(0), *expected) : absl::StatusOr<Comparison>(expected.status());
  if (comparison.ok()) return comparison;
  return absl::Status(comparison.status().code(), absl::StrCat(golden.output, ": ", comparison.status().message()));
}

absl::Status VerifyModel(const std::shared_ptr<const Model>& model) {
  RETURN_IF_ERROR(CheckFinite(*model));
  for (const Golden& golden : model->bundle.goldens) RETURN_IF_ERROR(CheckGolden(golden, model));
  return absl::OkStatus();
}

}  // namespace onebyone
