#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace spdlog {
class async_logger;
namespace details {
class thread_pool;
}
}  // namespace spdlog

namespace onebyone {

// Lines into a file, by a thread of its own: a slow disk holds up no request. Where it falls 8,192 lines behind, the
// oldest are lost, and counted. Thread-safe. What was written is in the file once the log is destroyed.
class AccessLog {
 public:
  // `path`: a file, which is appended to, or "-" for standard output. UNAVAILABLE where it cannot be opened.
  static absl::StatusOr<std::unique_ptr<AccessLog>> Open(const std::string& path);
  ~AccessLog();

  void Write(absl::string_view line);
  // Goes on in a new file of the same path, after somebody has moved the old one away. Where that fails, the old file
  // is kept. Lines that wait go to either.
  absl::Status Reopen();
  int64_t lost() const;

 private:
  class File;
  explicit AccessLog(std::shared_ptr<File> file);

  const std::shared_ptr<File> file_;
  std::shared_ptr<spdlog::details::thread_pool> writer_;
  std::shared_ptr<spdlog::async_logger> logger_;
};

}  // namespace onebyone
