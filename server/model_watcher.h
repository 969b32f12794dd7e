#pragma once

#include <functional>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "server/model_registry.h"
#include "server/rest.h"

namespace onebyone {

// Keeps a registry as its folder is: a thread of lower priority than the lanes looks at the folder every `interval` and
// whenever it is asked to, and logs what it finds. Thread-safe.
class ModelWatcher {
 public:
  // `interval` 0: only when asked. `changed` is called on the thread after models were loaded, failed or let go.
  // `registry` must outlive this.
  ModelWatcher(ModelRegistry& registry, absl::Duration interval,
               std::function<void(const ModelRegistry::Changes&)> changed);
  // Waits for a load in progress.
  ~ModelWatcher();
  ModelWatcher(const ModelWatcher&) = delete;
  ModelWatcher& operator=(const ModelWatcher&) = delete;

  // Has the folder looked at now, without waiting for that; what has changed is loaded even if it is still changing.
  void ReloadNow();
  // How often the folder has been looked at.
  int64_t reloads() const;

 private:
  void Watch();
  void Reload(ModelRegistry::When when);

  ModelRegistry& registry_;
  const absl::Duration interval_;
  const std::function<void(const ModelRegistry::Changes&)> changed_;
  std::string last_problem_;  // logged once
  Rest rest_;                 // woken when asked, and at the end
  mutable absl::Mutex mutex_;
  bool asked_ ABSL_GUARDED_BY(mutex_) = false;
  bool ending_ ABSL_GUARDED_BY(mutex_) = false;
  int64_t reloads_ ABSL_GUARDED_BY(mutex_) = 0;
  std::thread thread_;
};

// Logs what is known of a model: that it serves, or why not.
void LogModel(const ModelEntry& entry, const std::string& default_model);

}  // namespace onebyone
