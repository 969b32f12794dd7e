#include "engine/base/file.h"

#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "engine/base/status_macros.h"

namespace onebyone {

absl::StatusOr<std::string> ReadFile(const std::string& path, int64_t max_bytes) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status)) return absl::NotFoundError(absl::StrCat(path, ": no such file"));
  if (!std::filesystem::is_regular_file(status)) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": want a regular file"));
  }
  // The size of what is opened: behind the path there may soon be another file.
  std::ifstream stream(path, std::ios::binary | std::ios::ate);
  const auto size = static_cast<int64_t>(stream.tellg());
  if (!stream || size < 0) return absl::UnavailableError(absl::StrCat(path, ": ", std::strerror(errno)));
  if (size > max_bytes) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": want at most ", max_bytes, " bytes, got ", size));
  }
  std::string content(static_cast<size_t>(size), '\0');
  stream.seekg(0);
  if (!stream.read(content.data(), size)) {
    return absl::UnavailableError(absl::StrCat(path, ": want ", size, " bytes, got ", stream.gcount()));
  }
  return content;
}

namespace {

// Into what cannot be replaced: a device, a pipe.
absl::Status WriteInto(const std::string& path, absl::string_view content) {
  std::ofstream stream(path, std::ios::binary);
  stream.write(content.data(), static_cast<std::streamsize>(content.size()));
  stream.close();
  if (!stream.fail()) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat(path, ": cannot be written: ", std::strerror(errno)));
}

}  // namespace

absl::Status WriteFile(const std::string& path, absl::string_view content) {
  std::error_code unknown;
  const std::filesystem::file_status there = std::filesystem::status(path, unknown);
  if (std::filesystem::is_character_file(there) || std::filesystem::is_fifo(there)) return WriteInto(path, content);
  // A name of its own for each call: threads share the process id, and containers that share a folder may too.
  static std::atomic<int64_t> calls{0};
  const std::string temporary =
      absl::StrCat(path, ".", getpid(), ".", ++calls, ".", absl::GetCurrentTimeNanos(), ".partial");
  std::ofstream stream(temporary, std::ios::binary | std::ios::trunc);
  stream.write(content.data(), static_cast<std::streamsize>(content.size()));
  stream.close();
  std::error_code error;
  if (stream.fail()) {
    const std::string reason = std::strerror(errno);
    std::filesystem::remove(temporary, error);
    return absl::UnavailableError(absl::StrCat(path, ": cannot be written: ", reason));
  }
  std::filesystem::rename(temporary, path, error);
  if (error) {
    const std::string reason = error.message();
    std::filesystem::remove(temporary, error);
    return absl::UnavailableError(absl::StrCat(path, ": cannot be written: ", reason));
  }
  return absl::OkStatus();
}

}  // namespace onebyone
