#include "client/load/run/load_run.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "client/load/run/closed_loop.h"
#include "client/load/run/cpu_use.h"
#include "client/load/run/server_watch.h"

namespace onebyone {
namespace {

constexpr absl::Duration kTick = absl::Milliseconds(20);
constexpr absl::Duration kProgressInterval = absl::Seconds(1);
constexpr absl::Duration kGraceWhenCut = absl::Seconds(1);
constexpr size_t kFewestInWindow = 20;  // a window with fewer answers says nothing
constexpr int kLongestWindow = 10;      // of that many ordinary ones, waiting for kFewestInWindow

// Looks after a run from the caller's thread while another one sends.
class Supervision {
 public:
  Supervision(const LoadRunOptions& options, LoadPhases phases, LoadTarget& target, LoadClock& clock,
              const Cancellation& interruption, LoadRunHooks hooks)
      : options_(options),
        has_warm_up_(phases.warm_up != nullptr),
        target_(target),
        clock_(clock),
        interruption_(interruption),
        progress_(std::move(hooks.progress)),
        begun_(std::move(hooks.begun)),
        log_(absl::ToInt64Nanoseconds(options.objective), std::move(hooks.answered), std::move(hooks.name)),
        judge_(options.loop == LoopKind::kOpen ? StabilityJudge::Rate::kShareOfDue : StabilityJudge::Rate::kAnswers,
               options.warm_up.tolerance) {
    if (options.loop == LoopKind::kOpen) {
      loop_ = std::make_unique<OpenLoop>(std::move(phases), options.max_outstanding, target, clock, log_);
    } else {
      loop_ = std::make_unique<ClosedLoop>(std::move(phases), options.concurrency,
                                           absl::ToInt64Nanoseconds(options.think), target, clock, log_);
    }
  }

  LoadRunOutcome Run() {
    started_ = absl::Now();
    window_started_ = told_ = started_;
    log_.TakeWindow(clock_.NowNs());
    log_.TakeProgress(clock_.NowNs());
    std::atomic<bool> sent_all = false;
    std::thread sender([this, &sent_all] {
      SystemLoadClock::WakePrecisely();
      loop_->Run();
      sent_all.store(true);
    });
    while (!sent_all.load()) Look("");
    sender.join();
    // An open loop's last call may be due before the time is over: what comes until then belongs to it.
    while (!Cut() && !options_.ends_by_count && clock_.NowNs() < log_.measured_to_ns() && log_.in_flight() > 0)
      Look("");
    TakeCpuShare();
    if (options_.ends_by_count && options_.loop == LoopKind::kOpen) log_.EndWithLastCall(options_.loop);
    AwaitAnswers();
    if (options_.ends_by_count && options_.loop == LoopKind::kClosed) log_.EndWithLastCall(options_.loop);
    Tell("");
    outcome_.measured = log_.measuring();
    outcome_.calls = log_.TakeMeasured();
    return std::move(outcome_);
  }

 private:
  bool Cut() const { return outcome_.ended != "complete"; }

  void Look(const std::string& phase) {
    absl::SleepFor(kTick);
    target_.ExpireOverdue();
    if (log_.measuring()) {
      Begin();
    } else if (has_warm_up_) {
      JudgeWarmUp();
    }
    const absl::Time now = absl::Now();
    if (now - told_ >= kProgressInterval) {
      watch_.Add(log_.TakeCodes(), now);
      Tell(phase);
    }
    if (Cut()) return;
    if (interruption_.cancelled()) {
      outcome_.interrupted = true;
      Stop("interrupted");
    } else if (watch_.gone() && !options_.keep_going) {
      outcome_.server_gone = true;
      Stop(absl::StrCat("the server went away: ", watch_.message()));
    } else if (options_.give_up_over > 0 && log_.over_objective() > options_.give_up_over) {
      outcome_.gave_up = true;
      Stop("the objective cannot be kept any more");
    }
  }

  void Begin() {
    if (begun_at_ != absl::InfinitePast()) return;
    begun_at_ = absl::Now();
    cpu_seconds_ = CpuSeconds();
    outcome_.start_unix_ms = absl::ToUnixMillis(begun_at_);
    if (has_warm_up_) outcome_.warm_up.length_ms = absl::ToDoubleMilliseconds(begun_at_ - started_);
    if (begun_) begun_();
  }

  void TakeCpuShare() {
    if (begun_at_ == absl::InfinitePast()) return;
    const double seconds = absl::ToDoubleSeconds(absl::Now() - begun_at_);
    if (seconds <= 0) return;
    outcome_.client_cpu_share = (CpuSeconds() - cpu_seconds_) / seconds / static_cast<double>(UsableCpus());
  }

  void JudgeWarmUp() {
    const absl::Time now = absl::Now();
    const WarmUpOptions& options = options_.warm_up;
    if (options.length > absl::ZeroDuration()) {
      outcome_.warm_up.stable = true;  // as told: not judged
      if (now - started_ >= options.length) loop_->EndWarmUp();
      return;
    }
    if (now - window_started_ >= options.window && !judge_.stable()) {
      WarmUpWindow part = log_.TakeWindow(clock_.NowNs());
      window_.seconds += part.seconds;
      window_.due += part.due;
      window_.ok_ms.insert(window_.ok_ms.end(), part.ok_ms.begin(), part.ok_ms.end());
      window_started_ = now;
      const bool is_full = window_.ok_ms.size() >= kFewestInWindow ||
                           window_.seconds >= kLongestWindow * absl::ToDoubleSeconds(options.window);
      if (is_full) judge_.Add(std::exchange(window_, {}));
    }
    outcome_.warm_up.windows = judge_.windows();
    outcome_.warm_up.stable = judge_.stable();
    outcome_.warm_up.broken_by = judge_.broken_by();
    if (judge_.stable() || now - started_ >= options.longest) loop_->EndWarmUp();
  }

  void Stop(const std::string& why) {
    outcome_.ended = why;
    loop_->Stop();
    log_.CutShort(clock_.NowNs());
    cut_at_ = absl::Now();
  }

  void AwaitAnswers() {
    const absl::Time last = absl::Now() + options_.deadline + absl::Seconds(1);
    while (log_.in_flight() > 0) {
      Look("waiting for answers");
      const bool over = absl::Now() >= last || (Cut() && (outcome_.gave_up || absl::Now() >= cut_at_ + kGraceWhenCut));
      if (!over) continue;
      log_.CutShort(clock_.NowNs());
      target_.CancelAll();
    }
  }

  void Tell(const std::string& phase) {
    const absl::Time now = absl::Now();
    LoadProgress progress = log_.TakeProgress(clock_.NowNs());
    progress.phase = !phase.empty() ? phase : log_.measuring() ? "measuring" : "warm-up";
    progress.elapsed_ms = absl::ToDoubleMilliseconds(now - started_);
    if (log_.measuring() && !options_.ends_by_count) {
      progress.remaining_ms = std::max(0.0, static_cast<double>(log_.measured_to_ns() - clock_.NowNs()) / 1e6);
    }
    const double cpu = CpuSeconds();
    const double seconds = absl::ToDoubleSeconds(now - told_);
    if (seconds > 0) {
      progress.client_cpu_share = (cpu - told_cpu_seconds_) / seconds / static_cast<double>(UsableCpus());
    }
    told_ = now;
    told_cpu_seconds_ = cpu;
    if (progress_) progress_(progress);
  }

  const LoadRunOptions& options_;
  const bool has_warm_up_;
  LoadTarget& target_;
  LoadClock& clock_;
  const Cancellation& interruption_;
  const std::function<void(const LoadProgress&)> progress_;
  const std::function<void()> begun_;
  CallLog log_;
  std::unique_ptr<LoadLoop> loop_;
  StabilityJudge judge_;
  ServerWatch watch_;
  LoadRunOutcome outcome_;
  WarmUpWindow window_;
  absl::Time started_;
  absl::Time window_started_;
  absl::Time told_;
  double told_cpu_seconds_ = CpuSeconds();
  absl::Time begun_at_ = absl::InfinitePast();
  double cpu_seconds_ = 0;
  absl::Time cut_at_ = absl::InfinitePast();
};

}  // namespace

LoadRunOutcome RunLoad(const LoadRunOptions& options, LoadPhases phases, LoadTarget& target, LoadClock& clock,
                       const Cancellation& interruption, LoadRunHooks hooks) {
  return Supervision(options, std::move(phases), target, clock, interruption, std::move(hooks)).Run();
}

}  // namespace onebyone
