#include "client/load/run/closed_loop.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace onebyone {
namespace {

constexpr int64_t kLongSleepNs = 1'000'000'000;

}  // namespace

ClosedLoop::ClosedLoop(LoadPhases phases, int64_t concurrency, int64_t think_ns, LoadTarget& target, LoadClock& clock,
                       CallLog& log)
    : concurrency_(concurrency),
      think_ns_(think_ns),
      measured_ns_(phases.measured_ns),
      target_(target),
      clock_(clock),
      log_(log),
      phases_(std::move(phases)),
      warming_up_(phases_.warm_up != nullptr) {}

// All calls are sent from here, not from where they are answered: a target that answers at once would recurse.
void ClosedLoop::Run() {
  {
    absl::MutexLock lock(&mutex_);
    active_ = concurrency_;
    const int64_t now = clock_.NowNs();
    // With a think time users come one after the other, as they would after thinking.
    for (int64_t user = 0; user < concurrency_; ++user) ready_.push(now + think_ns_ * user / concurrency_);
  }
  while (RunDue()) {
  }
}

bool ClosedLoop::RunDue() {
  int64_t due_ns = 0;
  {
    absl::MutexLock lock(&mutex_);
    if (stopped_ || active_ == 0) return false;
    due_ns = ready_.empty() ? clock_.NowNs() + kLongSleepNs : ready_.top();
    if (!ready_.empty() && due_ns <= clock_.NowNs()) {
      ready_.pop();
    } else {
      due_ns = -due_ns;
    }
  }
  if (due_ns > 0) {
    SendNext(due_ns);
  } else {
    clock_.SleepUntil(-due_ns);  // an answer wakes it
  }
  return true;
}

void ClosedLoop::SendNext(int64_t due_ns) {
  std::optional<PlannedCall> call;
  CallMoments moments;
  {
    absl::MutexLock lock(&mutex_);
    moments.sent_ns = clock_.NowNs();
    if (!warming_up_ && !begun_) {
      begun_ = true;
      end_ns_ = moments.sent_ns + measured_ns_;
      log_.BeginMeasuring(moments.sent_ns, measured_ns_);
    }
    moments.measured = begun_;
    if (begun_ ? moments.sent_ns < end_ns_ : true) {
      call = begun_ ? phases_.measured->Next() : phases_.warm_up->Next();
    }
    if (!call.has_value()) {
      --active_;
      return;
    }
  }
  // Without a think time there is no intended moment but the one of sending.
  moments.due_ns = think_ns_ > 0 ? due_ns : moments.sent_ns;
  if (moments.measured) moments.due_ns = std::max(moments.due_ns, log_.measured_from_ns());
  log_.Sent(moments);
  const int64_t bytes = target_.Start(*call, [this, planned = *call, moments](const CallOutcome& outcome) {
    const int64_t now_ns = clock_.NowNs();
    Answered();
    log_.Ended(planned, moments, now_ns, outcome);  // last: after it the run may be over, and this loop gone
  });
  log_.AddBytesOut(moments, bytes);
}

void ClosedLoop::Answered() {
  {
    absl::MutexLock lock(&mutex_);
    ready_.push(clock_.NowNs() + think_ns_);
  }
  clock_.Wake();
}

void ClosedLoop::EndWarmUp() {
  absl::MutexLock lock(&mutex_);
  warming_up_ = false;
}

void ClosedLoop::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    stopped_ = true;
  }
  clock_.Wake();
}

}  // namespace onebyone
