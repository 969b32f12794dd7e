#include "engine/runtime/kernel_cache.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "engine/base/file.h"
#include "engine/kernels/onednn/machine_identity.h"
#include "engine/runtime/choice_text.h"

namespace onebyone {
namespace {

// A hash is a file name here; anything else might lead out of the folder.
bool IsHash(const std::string& text) {
  return !text.empty() && text.size() <= 128 && std::all_of(text.begin(), text.end(), absl::ascii_isalnum);
}

// Absolute, as the XDG rules want it; empty otherwise.
std::string FolderIn(const char* variable) {
  const char* const value = std::getenv(variable);
  return value != nullptr && *value == '/' ? value : "";
}

}  // namespace

KernelCache::KernelCache(std::string folder, Warn warn)
    : KernelCache(std::move(folder), std::move(warn), MachineIdentity()) {}

KernelCache::KernelCache(std::string folder, Warn warn, std::string machine)
    : folder_(std::move(folder)), warn_(std::move(warn)), machine_(std::move(machine)) {}

std::string KernelCache::PathOf(const std::string& model_hash) const {
  return absl::StrCat(folder_, "/", model_hash, ".choices");
}

ConvChoices KernelCache::Read(const std::string& model_hash) const {
  if (!IsHash(model_hash)) return {};
  const absl::StatusOr<std::string> text = ReadFile(PathOf(model_hash), kMostChoiceBytes);
  if (!text.ok()) return {};
  absl::StatusOr<ConvChoices> choices = ParseChoices({model_hash, machine_}, *text);
  return choices.ok() ? *std::move(choices) : ConvChoices();
}

void KernelCache::Add(const std::string& model_hash, const ConvChoices& choices) {
  if (!IsHash(model_hash)) return;
  const absl::MutexLock lock(&mutex_);  // none of this process may come between reading and writing
  ConvChoices all = Read(model_hash);   // anew: another process may have added some
  for (const auto& [threads, choice] : choices) all[threads].Add(choice);
  const absl::Status status = Write(model_hash, CountOf(all) <= kMostChoices ? all : choices);
  if (status.ok() || warned_) return;
  warned_ = true;
  if (warn_ != nullptr) warn_(status);
}

absl::Status KernelCache::Write(const std::string& model_hash, const ConvChoices& choices) const {
  std::error_code error;
  std::filesystem::create_directories(folder_, error);
  if (error) return absl::UnavailableError(absl::StrCat(folder_, ": cannot be made: ", error.message()));
  return WriteFile(PathOf(model_hash), FormatChoices({model_hash, machine_}, choices));
}

std::string DefaultKernelCacheFolder() {
  if (const std::string caches = FolderIn("XDG_CACHE_HOME"); !caches.empty()) return absl::StrCat(caches, "/onebyone");
  const std::string home = FolderIn("HOME");
  return home.empty() ? "" : absl::StrCat(home, home.back() == '/' ? "" : "/", ".cache/onebyone");
}

std::shared_ptr<KernelCache> OpenKernelCache(const std::string& folder, KernelCache::Warn warn) {
  if (folder.empty() || folder == "off") return nullptr;
  return std::make_shared<KernelCache>(folder, std::move(warn));
}

}  // namespace onebyone
