#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "engine/model_loader.h"
#include "server/model_aliases.h"

namespace onebyone {

// A bundle of the models folder: loaded, or why not.
struct ModelEntry {
  std::string name{};
  std::shared_ptr<const Model> model{};  // null where none has loaded
  // Why the bundle as it now is on disk is not served. With a model: an earlier state or a lower version of it, which
  // serves in its place.
  absl::Status status{};
  absl::Duration load_time{};
  std::string folder{};
  std::string fingerprint{};  // of the files when they were last loaded or tried

  int64_t version() const { return model == nullptr ? 0 : model->bundle.version; }
};

// The models that are served at one moment. Immutable once it is published; thread-safe then.
struct ModelSet {
  std::vector<ModelEntry> entries{};  // sorted by name, then version, the highest first
  std::string default_model{};        // the one that a request without a name means
  std::vector<ModelAlias> aliases{};

  // The entry that a request names, by its name or an alias; an empty name is the default model, version 0 the highest
  // that has loaded or what the alias says. NOT_FOUND with ResourceInfo for an unknown name or version, UNAVAILABLE
  // with RetryInfo where no version has loaded.
  absl::StatusOr<const ModelEntry*> Find(const std::string& name, int64_t version) const;
};

}  // namespace onebyone
