#include "server/security/file_watch.h"

#include <spdlog/spdlog.h>

#include <utility>

#include "engine/base/file.h"
#include "engine/base/status_macros.h"

namespace onebyone {

FileWatch::FileWatch(std::string what, std::vector<std::string> paths, Use use)
    : what_(std::move(what)), paths_(std::move(paths)), use_(std::move(use)) {}

absl::StatusOr<FileWatch::Contents> FileWatch::Read() const {
  Contents contents;
  for (const std::string& path : paths_) {
    ASSIGN_OR_RETURN(contents.emplace_back(), ReadFile(path, kMaxBytes));
  }
  return contents;
}

absl::Status FileWatch::Load() {
  last_ = Read();
  RETURN_IF_ERROR(last_.status());
  return use_(*last_);
}

void FileWatch::Check() {
  absl::StatusOr<Contents> now = Read();
  if (now.status() == last_.status() && (!now.ok() || *now == *last_)) return;
  last_ = std::move(now);
  const absl::Status used = last_.ok() ? use_(*last_) : last_.status();
  if (used.ok()) {
    spdlog::info("{}: changed, and taken into use", what_);
  } else {
    spdlog::error("{}: changed, and cannot be used; what was read before stays in use: {}", what_,
                  std::string(used.message()));
  }
}

}  // namespace onebyone
