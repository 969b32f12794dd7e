#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "engine/runtime/conv_choice.h"

namespace onebyone {

// Keeps measured choices of kernels beyond the end of the process: a folder with a small text file per network, which
// holds for the machine that measured. Nothing here is an error for whom it serves: a file that is missing, broken, too
// large or of another machine is as good as none, and one that cannot be written is told once. Thread-safe; processes
// may share a folder, and one that writes at the same time as another may lose its choices, not the file.
class KernelCache {
 public:
  using Warn = std::function<void(const absl::Status& why)>;

  // `folder` is made when it is needed. `warn` is told the first time that writing fails.
  KernelCache(std::string folder, Warn warn);
  // For tests: as if on the machine of that identity.
  KernelCache(std::string folder, Warn warn, std::string machine);

  // What is kept of the network whose file has that hash.
  ConvChoices Read(const std::string& model_hash) const;
  // Adds choices to those that are kept by now; where that would be too many, keeps these only.
  void Add(const std::string& model_hash, const ConvChoices& choices);

 private:
  std::string PathOf(const std::string& model_hash) const;
  absl::Status Write(const std::string& model_hash, const ConvChoices& choices) const;

  const std::string folder_;
  const Warn warn_;
  const std::string machine_;
  absl::Mutex mutex_;
  bool warned_ ABSL_GUARDED_BY(mutex_) = false;
};

// Where caches lie unless somebody says otherwise: $XDG_CACHE_HOME/onebyone, else $HOME/.cache/onebyone; empty without
// either.
std::string DefaultKernelCacheFolder();

// The cache in `folder`; null, so none, where it is empty or "off".
std::shared_ptr<KernelCache> OpenKernelCache(const std::string& folder, KernelCache::Warn warn);

}  // namespace onebyone
