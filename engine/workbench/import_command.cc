#include "engine/workbench/import_command.h"

#include <filesystem>
#include <memory>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/status_macros.h"
#include "engine/bundle/bundle_location.h"
#include "engine/import/onnx_importer.h"
#include "engine/model_loader.h"
#include "engine/runtime/executor.h"
#include "engine/workbench/latency.h"
#include "engine/workbench/layer_choice.h"

namespace onebyone {
namespace {

// One run up to the default layers: what compiles must run, too.
absl::Status TryOnce(const Model& model) {
  const PreprocessOptions& input = model.bundle.preprocess;
  std::vector<LayerQuery> layers;
  for (const std::string& layer : model.DefaultLayers()) layers.push_back(WholeLayer(layer));
  ASSIGN_OR_RETURN(const std::shared_ptr<const Plan> plan,
                   model.compiled->PlanFor({.layers = layers, .height = input.height, .width = input.width}));
  ASSIGN_OR_RETURN(const Tensor picture, SeededTensor({1, 3, input.height, input.width}, /*seed=*/1));
  const std::unique_ptr<Executor> executor = Executor::Create({});
  RETURN_IF_ERROR(executor->Use(plan));
  return TimeRun(*executor, picture).status();
}

absl::StatusOr<std::shared_ptr<const Model>> Compile(const ImportOptions& options) {
  ASSIGN_OR_RETURN(Graph network, ImportOnnxFile(options.onnx_path));
  Bundle bundle;
  bundle.name = options.folder;
  bundle.description = options.description;
  bundle.license = options.license;
  bundle.source = options.source;
  bundle.default_layers = options.default_layers;
  for (const auto& [alias, layer] : options.aliases) {
    if (!bundle.aliases.try_emplace(alias, layer).second) {
      return absl::InvalidArgumentError(absl::StrCat("alias: want a name that no other alias has, got '", alias, "'"));
    }
  }
  const Shape input = network.inputs().empty() ? Shape() : network.value(network.inputs().front()).shape;
  ASSIGN_OR_RETURN(bundle.preprocess, ChoosePreprocessing(options.preprocessing, input));
  // Exact: nothing is timed here, so measuring kernels would only cost time.
  auto model = MakeModel(std::move(bundle), std::move(network), {.convolution = CompileOptions::Convolution::kExact});
  if (!model.ok()) {
    return absl::Status(model.status().code(), absl::StrCat(options.onnx_path, ": ", model.status().message()));
  }
  return model;
}

}  // namespace

absl::Status RunImport(const ImportOptions& options, std::ostream& out) {
  const auto there = LocateBundle(options.folder);
  std::error_code error;
  if (!options.replace && there.ok() && std::filesystem::exists(absl::StrCat(there->folder, "/", kConfigFile), error)) {
    return absl::AlreadyExistsError(absl::StrCat(there->folder, ": there is a bundle already; --force replaces it"));
  }
  ASSIGN_OR_RETURN(const std::shared_ptr<const Model> model, Compile(options));
  if (const absl::Status status = TryOnce(*model); !status.ok()) {
    return absl::Status(status.code(), absl::StrCat(options.onnx_path, ": ", status.message()));
  }
  RETURN_IF_ERROR(WriteBundle(options.folder, options.onnx_path, model->bundle,
                              options.replace ? IfBundleExists::kReplace : IfBundleExists::kRefuse));
  ASSIGN_OR_RETURN(const Bundle written, ReadBundle(options.folder));
  const PreprocessOptions& input = written.preprocess;
  out << written.folder << ": model '" << written.name << "', version " << written.version << ", input " << input.width
      << "x" << input.height << ", " << model->compiled->layers().size() << " layers, default "
      << absl::StrJoin(model->DefaultLayers(), ", ") << "\n";
  return absl::OkStatus();
}

}  // namespace onebyone
