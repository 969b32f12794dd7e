#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "engine/model_loader.h"

namespace onebyone {

// A bundle of the models folder: loaded, or why not.
struct ModelEntry {
  std::string name{};
  std::shared_ptr<const Model> model{};  // null where `status` is an error
  absl::Status status{};
  absl::Duration load_time{};

  int64_t version() const { return model == nullptr ? 0 : model->bundle.version; }
};

// The models that this server serves. Immutable after Load; thread-safe.
class ModelRegistry {
 public:
  using LoadFunction = std::function<absl::StatusOr<std::shared_ptr<const Model>>(
      const std::string& folder, PrecisionChoice precision, const CompileOptions& options)>;

  struct Options {
    std::string folder;           // of bundles
    std::string default_model{};  // empty: the first that loads
    CompileOptions compile{};
    PrecisionChoice precision = PrecisionChoice::kAuto;
    LoadFunction load = LoadModel;
  };

  // Loads every bundle, and compiles the plan of its default layers so that the first request does not wait for it. A
  // bundle that fails is kept as an entry with its status. NOT_FOUND without a bundle, FAILED_PRECONDITION where none
  // loads or the default model does not; each names what it looked for and what it found.
  static absl::StatusOr<std::unique_ptr<ModelRegistry>> Load(const Options& options);

  // The model that a request names; an empty name is the default model, version 0 the one that serves.
  // NOT_FOUND with ResourceInfo for an unknown name or version, UNAVAILABLE for a model that did not load.
  absl::StatusOr<std::shared_ptr<const Model>> Find(const std::string& name, int64_t version) const;

  const std::vector<ModelEntry>& entries() const { return entries_; }  // sorted by name
  const std::string& default_model() const { return default_model_; }

 private:
  ModelRegistry() = default;

  std::vector<ModelEntry> entries_;
  std::string default_model_;
};

}  // namespace onebyone
