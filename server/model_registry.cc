#include "server/model_registry.h"

#include <exception>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "engine/base/nearest_name.h"
#include "engine/base/status_macros.h"
#include "server/status_details.h"

namespace onebyone {
namespace {

std::vector<std::string> NamesOf(const std::vector<ModelEntry>& entries) {
  std::vector<std::string> names;
  for (const ModelEntry& entry : entries) names.push_back(entry.name);
  return names;
}

// Compiles what most requests will ask for.
absl::Status WarmUp(const Model& model) {
  PlanQuery query;
  for (const std::string& layer : model.DefaultLayers()) {
    query.layers.emplace_back();
    query.layers.back().layer = layer;
  }
  query.height = model.compiled->input_height();
  query.width = model.compiled->input_width();
  return model.compiled->PlanFor(query).status();
}

absl::StatusOr<std::shared_ptr<const Model>> LoadAndWarmUp(const std::string& folder,
                                                           const ModelRegistry::Options& options) {
  try {
    ASSIGN_OR_RETURN(std::shared_ptr<const Model> model, options.load(folder, options.precision, options.compile));
    RETURN_IF_ERROR(WarmUp(*model));
    return model;
  } catch (const std::exception& error) {  // no memory: the other models may still fit
    return absl::ResourceExhaustedError(absl::StrCat("loading ", folder, ": ", error.what()));
  }
}

// A bundle's folder may be that of a version: the model is called as the folder below the models folder.
std::string NameOf(const std::string& bundle, const std::string& models) {
  const std::filesystem::path path = bundle;
  const std::filesystem::path below = path.lexically_relative(std::filesystem::absolute(models).lexically_normal());
  return (below.empty() ? path.filename() : *below.begin()).string();
}

ModelEntry LoadEntry(const std::string& folder, const ModelRegistry::Options& options) {
  ModelEntry entry;
  entry.name = NameOf(folder, options.folder);
  const absl::Time start = absl::Now();
  absl::StatusOr<std::shared_ptr<const Model>> model = LoadAndWarmUp(folder, options);
  entry.load_time = absl::Now() - start;
  if (model.ok()) {
    entry.model = *std::move(model);
  } else {
    entry.status = model.status();
  }
  return entry;
}

// The name of the default model, checked.
absl::StatusOr<std::string> ChooseDefault(const std::vector<ModelEntry>& entries, const std::string& wanted) {
  std::vector<std::string> failures;
  for (const ModelEntry& entry : entries) {
    if (entry.model != nullptr && (wanted.empty() || entry.name == wanted)) return entry.name;
    if (entry.model == nullptr) failures.push_back(absl::StrCat(entry.name, ": ", entry.status.message()));
  }
  const std::string why = failures.empty() ? "" : absl::StrCat("; failed: ", absl::StrJoin(failures, "; "));
  if (wanted.empty()) return absl::FailedPreconditionError(absl::StrCat("no model could be loaded", why));
  return absl::FailedPreconditionError(absl::StrCat("--default-model: wanted one of the models that loaded, got '",
                                                    wanted, "'; there are ", absl::StrJoin(NamesOf(entries), ", "),
                                                    why));
}

}  // namespace

absl::StatusOr<std::unique_ptr<ModelRegistry>> ModelRegistry::Load(const Options& options) {
  ASSIGN_OR_RETURN(const std::vector<std::string> folders, FindBundles(options.folder));
  if (folders.empty()) {
    const bool is_bundle = std::filesystem::exists(std::filesystem::path(options.folder) / "model.onnx");
    return absl::NotFoundError(absl::StrCat(
        "--models: wanted a folder of model bundles (NAME/model.onnx with NAME/model_config.textproto), got ",
        options.folder, is_bundle ? ", which is a bundle itself: name the folder above it" : ", which holds none"));
  }
  std::unique_ptr<ModelRegistry> registry(new ModelRegistry());
  for (const std::string& folder : folders) registry->entries_.push_back(LoadEntry(folder, options));
  ASSIGN_OR_RETURN(registry->default_model_, ChooseDefault(registry->entries_, options.default_model));
  return registry;
}

absl::StatusOr<std::shared_ptr<const Model>> ModelRegistry::Find(const std::string& name, int64_t version) const {
  const std::string& wanted = name.empty() ? default_model_ : name;
  for (const ModelEntry& entry : entries_) {
    if (entry.name != wanted) continue;
    if (entry.model == nullptr) {
      return absl::UnavailableError(
          absl::StrCat("model ", QuotedInput(wanted), " did not load: ", entry.status.message()));
    }
    if (version == 0 || version == entry.version()) return entry.model;
    return ResourceNotFound("model", absl::StrCat(wanted, "/", version),
                            absl::StrCat("version: model ", QuotedInput(wanted), " serves version ", entry.version(),
                                         " (0 means that one), got ", version));
  }
  const std::vector<std::string> names = NamesOf(entries_);
  const std::string nearest = NearestName(wanted, names);
  return ResourceNotFound("model", wanted,
                          absl::StrCat("model: no model is called ", QuotedInput(wanted),
                                       nearest.empty() ? "" : absl::StrCat("; did you mean '", nearest, "'?")));
}

}  // namespace onebyone
