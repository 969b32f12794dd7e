#include "server/observability/access_log.h"

#include <fcntl.h>
#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <mutex>
#include <utility>

#include "absl/strings/str_cat.h"

namespace onebyone {

// One write for each line, so that lines of several processes stay whole.
class AccessLog::File final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit File(std::string path) : path_(std::move(path)) {}
  ~File() override {
    if (descriptor_ > STDERR_FILENO) close(descriptor_);
  }

  absl::Status Open() {
    if (path_ == "-") {
      descriptor_ = STDOUT_FILENO;
      return absl::OkStatus();
    }
    const int opened = open(path_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
    if (opened < 0) {
      return absl::UnavailableError(absl::StrCat("--access-log: cannot open ", path_, ": ", std::strerror(errno)));
    }
    const std::lock_guard<std::mutex> lock(mutex_);
    if (descriptor_ > STDERR_FILENO) close(descriptor_);
    descriptor_ = opened;
    return absl::OkStatus();
  }

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    line.append(message.payload.begin(), message.payload.end());
    line.push_back('\n');
    size_t written = 0;
    while (written < line.size()) {
      const ssize_t count = write(descriptor_, line.data() + written, line.size() - written);
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) {
        if (!failing_) spdlog::warn("--access-log: cannot write {}: {}; lines are lost", path_, std::strerror(errno));
        failing_ = true;
        return;
      }
      written += static_cast<size_t>(count);
    }
    failing_ = false;
  }
  void flush_() override {}  // nothing is held back

 private:
  const std::string path_;
  int descriptor_ = -1;
  bool failing_ = false;  // told once
};

namespace {

constexpr size_t kMostWaitingLines = 8192;

}  // namespace

absl::StatusOr<std::unique_ptr<AccessLog>> AccessLog::Open(const std::string& path) {
  auto file = std::make_shared<File>(path);
  if (absl::Status opened = file->Open(); !opened.ok()) return opened;
  return std::unique_ptr<AccessLog>(new AccessLog(std::move(file)));
}

AccessLog::AccessLog(std::shared_ptr<File> file)
    : file_(std::move(file)),
      writer_(std::make_shared<spdlog::details::thread_pool>(kMostWaitingLines, 1)),
      logger_(std::make_shared<spdlog::async_logger>("access", file_, writer_,
                                                     spdlog::async_overflow_policy::overrun_oldest)) {}

// The writer ends after the lines that wait.
AccessLog::~AccessLog() = default;

void AccessLog::Write(absl::string_view line) {
  logger_->log(spdlog::level::info, spdlog::string_view_t(line.data(), line.size()));
}

absl::Status AccessLog::Reopen() { return file_->Open(); }

int64_t AccessLog::lost() const { return static_cast<int64_t>(writer_->overrun_counter()); }

}  // namespace onebyone
