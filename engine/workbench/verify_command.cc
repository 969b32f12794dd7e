#include "engine/workbench/verify_command.h"

#include <filesystem>
#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/base/status_macros.h"
#include "engine/model_loader.h"
#include "engine/verification/golden_check.h"
#include "engine/workbench/golden_folder.h"
#include "engine/workbench/table.h"

namespace onebyone {
namespace {

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
    const absl::StatusOr<Comparison> comparison = CompareWithGolden(golden, model);
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
