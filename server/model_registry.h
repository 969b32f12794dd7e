#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "engine/model_loader.h"
#include "server/model_set.h"

namespace onebyone {

// The models that this server serves, read from a folder of bundles, and again when it changes. Thread-safe: who has
// found a model keeps it for as long as it likes.
class ModelRegistry {
 public:
  using LoadFunction = std::function<absl::StatusOr<std::shared_ptr<const Model>>(
      const std::string& folder, PrecisionChoice precision, const CompileOptions& options)>;

  struct Options {
    std::string folder;           // of bundles, and of the aliases file
    std::string default_model{};  // empty: the first that loads, as long as it is served
    int versions = 1;             // of a model that are served: the highest so many
    CompileOptions compile{};
    PrecisionChoice precision = PrecisionChoice::kAuto;
    LoadFunction load = LoadModel;
  };

  // Loads and verifies (golden_check.h) every bundle, and compiles the plan of its default layers so that the first
  // request does not wait for it. A bundle that fails is kept as an entry with its status; where no version of a model
  // that should be served loads, the highest lower one that does is served in its place. NOT_FOUND without a bundle,
  // FAILED_PRECONDITION where none loads or the default model does not, INVALID_ARGUMENT for an aliases file that is
  // wrong; each names what it looked for and what it found.
  static absl::StatusOr<std::unique_ptr<ModelRegistry>> Load(const Options& options);

  enum class When : uint8_t {
    kNow,
    kSettled,  // bundles that have not changed since the Reload before, or were gone then already: one that is being
               // copied, or replaced by another folder, is left for later
  };
  struct Changes {
    std::vector<ModelEntry> loaded;
    std::vector<ModelEntry> failed;     // with what goes on serving, if anything
    std::vector<std::string> unloaded;  // "name version N"
    absl::Status problem;               // of the folder or the aliases file: what was served before is, still
    bool any() const { return !loaded.empty() || !failed.empty() || !unloaded.empty() || !problem.ok(); }
  };
  // Looks at the folder again: loads what is new or has changed, lets go what is no longer there. A bundle that fails
  // leaves its last good state, or the version before it, serving. An empty or unreadable folder changes nothing.
  // Takes as long as the loads do; requests never wait for it. One thread at a time.
  Changes Reload(When when);
  // Frees models that were let go and that no request holds any more; true while some are left. On the thread of
  // Reload, so that no request's thread pays for it.
  bool FreeRetired();

  // What is served at this moment.
  std::shared_ptr<const ModelSet> models() const;
  // Short for those of models().
  absl::StatusOr<std::shared_ptr<const Model>> Find(const std::string& name, int64_t version) const;
  std::vector<ModelEntry> entries() const { return models()->entries; }
  std::string default_model() const { return models()->default_model; }

 private:
  explicit ModelRegistry(const Options& options) : options_(options) {}

  // The entry of a bundle that is on disk, as it was, newly loaded, or what goes on serving in its place.
  ModelEntry Refreshed(const std::string& folder, const ModelSet& before, When when, Changes& changes);
  // Puts back what is not on disk for the first time.
  void KeepWhatMayComeBack(const std::vector<std::string>& folders, const ModelSet& before, When when,
                           std::vector<ModelEntry>& entries);
  void Publish(std::shared_ptr<const ModelSet> models);

  const Options options_;
  absl::flat_hash_map<std::string, std::string> seen_;  // fingerprints at the last Reload of what waits to settle
  absl::flat_hash_set<std::string> gone_;               // folders that the last Reload did not find
  std::vector<std::shared_ptr<const Model>> retired_;
  mutable absl::Mutex mutex_;
  std::shared_ptr<const ModelSet> models_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace onebyone
