#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace onebyone {

// Files that are used as one: read at start, and again whenever what they hold differs. Compares contents, not times:
// they are small, and a secret that is mounted anew may keep its time.
class FileWatch {
 public:
  using Contents = std::vector<std::string>;
  // Takes the files' contents into use, or says why they cannot be: then nothing is changed.
  using Use = std::function<absl::Status(const Contents& contents)>;

  static constexpr int64_t kMaxBytes = int64_t{1} << 20;  // of a file

  // `what`: the subject of log lines.
  FileWatch(std::string what, std::vector<std::string> paths, Use use);

  // The first time: the errors of ReadFile and of `use`.
  absl::Status Load();
  // Reads again. Where contents changed, uses them and logs so; where they cannot be read or used, logs why, once for
  // each state of the files, and what is in use stays. One thread at a time.
  void Check();

 private:
  absl::StatusOr<Contents> Read() const;

  const std::string what_;
  const std::vector<std::string> paths_;
  const Use use_;
  absl::StatusOr<Contents> last_;  // as last read
};

}  // namespace onebyone
