#include "engine/workbench/progress.h"

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace onebyone {
namespace {

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
  *terminal_ << absl::StrCat(kClearLine, stage_, " ", completed_, "/", total_) << std::flush;
}

}  // namespace onebyone
