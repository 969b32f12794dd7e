#include "client/commands/progress.h"

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "engine/base/progress_bar.h"

namespace onebyone {
namespace {

constexpr int64_t kFewImages = 10;  // done before a bar would be read
constexpr absl::Duration kRedraw = absl::Milliseconds(100);

}  // namespace

Progress::Progress(Terminal& terminal, int64_t total) : terminal_(terminal), total_(total), start_(absl::Now()) {}

Progress::~Progress() {
  absl::MutexLock lock(&mutex_);
  Clear();
}

void Progress::Advance() {
  absl::MutexLock lock(&mutex_);
  ++completed_;
  if (absl::Now() - drawn_ >= kRedraw) Draw();
}

void Progress::Say(absl::string_view line) {
  absl::MutexLock lock(&mutex_);
  Clear();
  terminal_.err << absl::StrCat(line, "\n") << std::flush;
  Draw();
}

void Progress::Draw() {
  if (terminal_.err_columns <= 0 || total_ < kFewImages) return;
  drawn_ = absl::Now();
  visible_ = true;
  terminal_.err << "\r\x1b[K" << FormatProgress(completed_, total_, drawn_ - start_, terminal_.err_columns)
                << std::flush;
}

void Progress::Clear() {
  if (!visible_) return;
  visible_ = false;
  terminal_.err << "\r\x1b[K" << std::flush;
}

}  // namespace onebyone
