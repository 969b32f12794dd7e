#include "engine/workbench/progress.h"

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "engine/base/progress_bar.h"

namespace onebyone {
namespace {

constexpr int kColumns = 79;  // of nearly every terminal
constexpr absl::Duration kRedraw = absl::Milliseconds(100);
constexpr char kClearLine[] = "\r\x1b[K";

}  // namespace

Progress::~Progress() {
  const absl::MutexLock lock(&mutex_);
  if (terminal_ != nullptr && total_ > 0) *terminal_ << kClearLine << std::flush;
}

void Progress::Begin(const std::string& stage, int64_t total) {
  const absl::MutexLock lock(&mutex_);
  stage_ = stage;
  completed_ = 0;
  total_ = total;
  begun_ = absl::Now();
  Draw();
}

void Progress::Advance() {
  const absl::MutexLock lock(&mutex_);
  ++completed_;
  if (absl::Now() - drawn_ >= kRedraw) Draw();
}

void Progress::Draw() {
  if (terminal_ == nullptr) return;
  drawn_ = absl::Now();
  const int columns = kColumns - static_cast<int>(stage_.size()) - 1;
  *terminal_ << absl::StrCat(kClearLine, stage_, " ", FormatProgress(completed_, total_, drawn_ - begun_, columns))
             << std::flush;
}

}  // namespace onebyone
