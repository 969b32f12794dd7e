#include "server/library_output.h"

#include <spdlog/spdlog.h>
#include <sys/types.h>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace onebyone {
namespace {

bool IsCausedByCallers(absl::string_view line) {
  return absl::StartsWith(line, "libpng ") || absl::StartsWith(line, "[libprotobuf ");
}

ssize_t TakeLines(void* /*cookie*/, const char* text, size_t size) {
  for (const absl::string_view line : absl::StrSplit(absl::string_view(text, size), '\n', absl::SkipWhitespace())) {
    spdlog::log(IsCausedByCallers(line) ? spdlog::level::debug : spdlog::level::warn, "stderr: {}",
                std::string_view(line.data(), line.size()));
  }
  return static_cast<ssize_t>(size);
}

}  // namespace

// glibc: standard streams are variables, which may be set ("Standard Streams" in its manual).
LibraryOutput::LibraryOutput() : before_(stderr) {
  std::FILE* const lines =
      fopencookie(nullptr, "w", {.read = nullptr, .write = TakeLines, .seek = nullptr, .close = nullptr});
  if (lines == nullptr) return;  // no memory: then they go where they went
  setvbuf(lines, nullptr, _IOLBF, BUFSIZ);
  stderr = lines;
}

// The stream stays: another thread may be printing.
LibraryOutput::~LibraryOutput() {
  std::fflush(stderr);
  stderr = before_;
}

}  // namespace onebyone
