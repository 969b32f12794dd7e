#include "engine/workbench/verify_command.h"

#include <filesystem>
#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/base/file.h"
#include "engine/base/npy.h"
#include "engine/base/status_macros.h"
#include "engine/model_loader.h"
#include "engine/workbench/comparison.h"
#include "engine/workbench/golden_folder.h"
#include "engine/workbench/layer_choice.h"
#include "engine/workbench/picture_runner.h"
#include "engine/workbench/table.h"

namespace onebyone {
namespace {

absl::StatusOr<Comparison> CompareWith(const Golden& golden, const std::shared_ptr<const Model>& model) {
  ASSIGN_OR_RETURN(const LayerInfo* layer, model->ResolveLayer(golden.layer));
  ASSIGN_OR_RETURN(const std::unique_ptr<PictureRunner> runner,
                   PictureRunner::Create(model, {WholeLayer(layer->name)}, InputFit::kNoResize));
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

std::string FileName(const std::string& path) { return std::filesystem::path(path).filename().string(); }

std::vector<std::string> Row(const Golden& golden, const Comparison& comparison) {
  return {FileName(golden.image),
          golden.layer,
          absl::StrFormat("%.6g", comparison.largest),
          absl::StrFormat("%.3g", comparison.max_difference),
          absl::StrFormat("%.3g", comparison.Relative()),
          absl::StrFormat("%.3g", golden.tolerance),
          comparison.same_top ? "same" : "differs",
          comparison.Within(golden.tolerance) ? "ok" : "FAILED"};
}

}  // namespace

absl::Status RunVerify(const VerifyOptions& options, std::ostream& out) {
  ASSIGN_OR_RETURN(const std::shared_ptr<const Model> model,
                   LoadModel(options.bundle, PrecisionChoice::kFloat32,
                             {.convolution = options.convolution, .kernel_cache = options.kernel_cache}));
  std::vector<Golden> goldens = model->bundle.goldens;
  if (!options.golden_folder.empty()) {
    ASSIGN_OR_RETURN(goldens, FindGoldens(options.golden_folder, *model, options.tolerance));
  }
  if (goldens.empty()) {
    return absl::NotFoundError(absl::StrCat(model->bundle.folder,
                                            ": the bundle has no goldens to verify against; "
                                            "--golden-folder names some"));
  }

  Table table({{"picture", Table::Align::kLeft},
               {"layer", Table::Align::kLeft},
               {"largest value"},
               {"max difference"},
               {"of largest"},
               {"tolerance"},
               {"top-1"},
               {"", Table::Align::kLeft}});
  std::vector<std::string> errors;
  int failed = 0;
  for (const Golden& golden : goldens) {
    const absl::StatusOr<Comparison> comparison = CompareWith(golden, model);
    if (!comparison.ok()) errors.emplace_back(comparison.status().message());
    if (comparison.ok()) table.AddRow(Row(golden, *comparison));
    if (!comparison.ok() || !comparison->Within(golden.tolerance)) ++failed;
  }
  out << table.ToString();
  for (const std::string& error : errors) out << "FAILED " << error << "\n";
  if (failed == 0) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(failed, " of ", goldens.size(), " goldens failed"));
}

}  // namespace onebyone
