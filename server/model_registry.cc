#include "server/model_registry.h"

#include <algorithm>
#include <exception>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/file.h"
#include "engine/base/status_macros.h"
#include "engine/base/steady_time.h"
#include "engine/verification/golden_check.h"
#include "server/bundle_fingerprint.h"
#include "server/model_aliases.h"
#include "server/status_details.h"

namespace onebyone {
namespace {

constexpr int64_t kMostAliasBytes = int64_t{1} << 20;
constexpr int kAllVersions = 1 << 20;

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
    if (const absl::Status right = VerifyModel(model); !right.ok()) {
      return absl::Status(right.code(), absl::StrCat(folder, ": does not verify: ", right.message()));
    }
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
  entry.folder = folder;
  entry.fingerprint = BundleFingerprint(folder);  // before loading: what changes meanwhile is seen at the next Reload
  const absl::Time start = SteadyNow();
  absl::StatusOr<std::shared_ptr<const Model>> model = LoadAndWarmUp(folder, options);
  entry.load_time = SteadyNow() - start;
  if (model.ok()) {
    entry.model = *std::move(model);
  } else {
    entry.status = model.status();
  }
  return entry;
}

// The highest `versions` of each name; `folders` has all, as FindBundles gives them.
std::vector<std::string> HighestOf(const std::vector<std::string>& folders, const ModelRegistry::Options& options) {
  std::vector<std::string> highest;
  std::string name;
  int count = 0;
  for (const std::string& folder : folders) {
    const std::string own = NameOf(folder, options.folder);
    count = own == name ? count + 1 : 1;
    name = own;
    if (count <= options.versions) highest.push_back(folder);
  }
  return highest;
}

// Where no entry of `name` has a model: the highest version of `folders` below them that loads, in place of the first.
void FallBack(const std::string& name, const std::vector<std::string>& folders, const ModelRegistry::Options& options,
              std::vector<ModelEntry>& entries) {
  ModelEntry* first = nullptr;
  for (ModelEntry& entry : entries) {
    if (entry.name != name) continue;
    if (entry.model != nullptr) return;
    if (first == nullptr) first = &entry;
  }
  if (first == nullptr) return;
  const auto is_tried = [&](const std::string& folder) {
    return absl::c_any_of(entries, [&](const ModelEntry& entry) { return entry.folder == folder; });
  };
  for (const std::string& folder : folders) {
    if (NameOf(folder, options.folder) != name || is_tried(folder)) continue;
    first->model = LoadEntry(folder, options).model;
    if (first->model != nullptr) return;
  }
}

// Where `entry`, kept for a while, belongs among the entries.
void Insert(ModelEntry entry, std::vector<ModelEntry>& entries) {
  const auto place = absl::c_find_if(entries, [&](const ModelEntry& other) {
    return other.name > entry.name || (other.name == entry.name && other.version() < entry.version());
  });
  entries.insert(place, std::move(entry));
}

// The name of the default model, where one is served; `wanted` otherwise. Without a wish the one from before stays as
// long as it is served: a model that is added must not answer in its place.
std::string DefaultOf(const std::vector<ModelEntry>& entries, const std::string& wanted, const std::string& before) {
  if (!wanted.empty()) return wanted;
  std::string first;
  for (const ModelEntry& entry : entries) {
    if (entry.model == nullptr) continue;
    if (entry.name == before) return before;
    if (first.empty()) first = entry.name;
  }
  return first;
}

// OK where the default model is served.
absl::Status CheckDefault(const ModelSet& set, const std::string& wanted) {
  std::vector<std::string> names;
  std::vector<std::string> failures;
  for (const ModelEntry& entry : set.entries) {
    names.push_back(entry.name);
    if (entry.model == nullptr) failures.push_back(absl::StrCat(entry.name, ": ", entry.status.message()));
  }
  if (!set.default_model.empty() && set.Find("", 0).ok()) return absl::OkStatus();
  const std::string why = failures.empty() ? "" : absl::StrCat("; failed: ", absl::StrJoin(failures, "; "));
  if (wanted.empty()) return absl::FailedPreconditionError(absl::StrCat("no model could be loaded", why));
  return absl::FailedPreconditionError(absl::StrCat("--default-model: wanted one of the models that loaded, got '",
                                                    wanted, "'; there are ", absl::StrJoin(names, ", "), why));
}

// The aliases of the folder; none without the file, and `before` where it is empty: somebody is writing it.
// INVALID_ARGUMENT where one is called as a model is.
absl::StatusOr<std::vector<ModelAlias>> ReadAliases(const std::string& folder, const std::vector<ModelEntry>& entries,
                                                    const std::vector<ModelAlias>& before) {
  const std::string path = (std::filesystem::path(folder) / kAliasesFile).string();
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return std::vector<ModelAlias>{};
  ASSIGN_OR_RETURN(const std::string text, ReadFile(path, kMostAliasBytes));
  if (text.empty()) return before;
  ASSIGN_OR_RETURN(std::vector<ModelAlias> aliases, ParseModelAliases(text));
  for (const ModelAlias& alias : aliases) {
    for (const ModelEntry& entry : entries) {
      if (entry.name != alias.name) continue;
      return absl::InvalidArgumentError(
          absl::StrCat(path, ": alias ", QuotedInput(alias.name), " is the name of a model as well"));
    }
  }
  return aliases;
}

const ModelEntry* Find(const std::vector<ModelEntry>& entries, const std::string& folder) {
  for (const ModelEntry& entry : entries) {
    if (entry.folder == folder) return &entry;
  }
  return nullptr;
}

// Whether `model` is served by one of the entries.
bool Serves(const std::vector<ModelEntry>& entries, const std::shared_ptr<const Model>& model) {
  return std::any_of(entries.begin(), entries.end(), [&](const ModelEntry& entry) { return entry.model == model; });
}

}  // namespace

absl::StatusOr<std::unique_ptr<ModelRegistry>> ModelRegistry::Load(const Options& options) {
  ASSIGN_OR_RETURN(const std::vector<std::string> folders, FindBundles(options.folder, kAllVersions));
  if (folders.empty()) {
    const bool is_bundle = std::filesystem::exists(std::filesystem::path(options.folder) / "model.onnx");
    return absl::NotFoundError(absl::StrCat(
        "--models: wanted a folder of model bundles (NAME/model.onnx with NAME/model_config.textproto), got ",
        options.folder, is_bundle ? ", which is a bundle itself: name the folder above it" : ", which holds none"));
  }
  std::unique_ptr<ModelRegistry> registry(new ModelRegistry(options));
  auto models = std::make_shared<ModelSet>();
  for (const std::string& folder : HighestOf(folders, options)) models->entries.push_back(LoadEntry(folder, options));
  const std::vector<ModelEntry> tried = models->entries;
  for (const ModelEntry& entry : tried) FallBack(entry.name, folders, options, models->entries);
  models->default_model = DefaultOf(models->entries, options.default_model, "");
  ASSIGN_OR_RETURN(models->aliases, ReadAliases(options.folder, models->entries, {}));
  RETURN_IF_ERROR(CheckDefault(*models, options.default_model));
  registry->Publish(std::move(models));
  return registry;
}

ModelRegistry::Changes ModelRegistry::Reload(When when) {
  Changes changes;
  const std::shared_ptr<const ModelSet> before = models();
  const absl::StatusOr<std::vector<std::string>> folders = FindBundles(options_.folder, kAllVersions);
  if (!folders.ok() || folders->empty()) {
    changes.problem = folders.ok() ? absl::NotFoundError(absl::StrCat(options_.folder, ": holds no bundle any more"))
                                   : folders.status();
    return changes;
  }
  absl::erase_if(seen_, [&](const auto& each) { return !absl::c_linear_search(*folders, each.first); });
  auto after = std::make_shared<ModelSet>();
  for (const std::string& folder : HighestOf(*folders, options_)) {
    ModelEntry entry = Refreshed(folder, *before, when, changes);
    // The version before, kept in place of one that failed, may be on disk and in the list already.
    if (entry.model == nullptr || !Serves(after->entries, entry.model)) after->entries.push_back(std::move(entry));
  }
  for (const ModelEntry& failed : changes.failed) FallBack(failed.name, *folders, options_, after->entries);
  KeepWhatMayComeBack(*folders, *before, when, after->entries);
  after->default_model = DefaultOf(after->entries, options_.default_model, before->default_model);
  absl::StatusOr<std::vector<ModelAlias>> aliases = ReadAliases(options_.folder, after->entries, before->aliases);
  changes.problem = aliases.status();
  after->aliases = aliases.ok() ? *std::move(aliases) : before->aliases;
  for (const ModelEntry& entry : before->entries) {
    if (entry.model == nullptr || Serves(after->entries, entry.model)) continue;
    changes.unloaded.push_back(absl::StrCat(entry.name, " version ", entry.version()));
    retired_.push_back(entry.model);
  }
  if (changes.any() || after->aliases != before->aliases) Publish(std::move(after));
  return changes;
}

void ModelRegistry::KeepWhatMayComeBack(const std::vector<std::string>& folders, const ModelSet& before, When when,
                                        std::vector<ModelEntry>& entries) {
  absl::flat_hash_set<std::string> gone;
  for (const ModelEntry& entry : before.entries) {
    if (absl::c_linear_search(folders, entry.folder)) continue;
    gone.insert(entry.folder);
    const bool is_settled = when == When::kNow || gone_.contains(entry.folder);
    if (is_settled || entry.model == nullptr || Serves(entries, entry.model)) continue;
    Insert(entry, entries);
  }
  gone_ = std::move(gone);
}

ModelEntry ModelRegistry::Refreshed(const std::string& folder, const ModelSet& before, When when, Changes& changes) {
  const ModelEntry* old = ::onebyone::Find(before.entries, folder);
  const std::string fingerprint = BundleFingerprint(folder);
  if (old != nullptr && old->fingerprint == fingerprint) {
    seen_.erase(folder);
    return *old;
  }
  const std::string name = NameOf(folder, options_.folder);
  if (old == nullptr) {  // a new version: the one before serves until it has loaded
    for (const ModelEntry& entry : before.entries) {
      if (entry.name == name && entry.model != nullptr && old == nullptr) old = &entry;
    }
  }
  std::string& seen = seen_[folder];
  const bool is_settled = std::exchange(seen, fingerprint) == fingerprint;
  if (when == When::kSettled && !is_settled) {
    if (old != nullptr) return *old;
    return {.name = name, .status = absl::UnavailableError("is being loaded"), .folder = folder};
  }
  seen_.erase(folder);
  ModelEntry entry = LoadEntry(folder, options_);
  if (entry.model != nullptr) {
    changes.loaded.push_back(entry);
    return entry;
  }
  if (old != nullptr) entry.model = old->model;
  changes.failed.push_back(entry);
  return entry;
}

bool ModelRegistry::FreeRetired() {
  std::erase_if(retired_, [](const std::shared_ptr<const Model>& model) { return model.use_count() == 1; });
  return !retired_.empty();
}

void ModelRegistry::Publish(std::shared_ptr<const ModelSet> models) {
  const absl::MutexLock lock(&mutex_);
  models_.swap(models);
}

std::shared_ptr<const ModelSet> ModelRegistry::models() const {
  const absl::MutexLock lock(&mutex_);
  return models_;
}

absl::StatusOr<std::shared_ptr<const Model>> ModelRegistry::Find(const std::string& name, int64_t version) const {
  const std::shared_ptr<const ModelSet> now = models();
  ASSIGN_OR_RETURN(const ModelEntry* const entry, now->Find(name, version));
  return entry->model;
}

}  // namespace onebyone
