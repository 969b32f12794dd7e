#include "client/hedged_call.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/random/random.h"
#include "absl/time/clock.h"
#include "client/rpc_status.h"

namespace onebyone {
namespace {

constexpr double kJitter = 0.2;  // as gRPC's own backoff

bool IsRefusal(const absl::Status& status) { return absl::IsUnavailable(status) || absl::IsResourceExhausted(status); }

// Of two servers that refused, both want to be obeyed.
Pushback Stricter(const Pushback& a, const Pushback& b) {
  Pushback both = {.never = a.never || b.never, .wait = a.wait};
  if (b.wait.has_value()) both.wait = std::max(a.wait.value_or(*b.wait), *b.wait);
  return both;
}

absl::Duration Backoff(const RetryPolicy& policy, int tries) {
  const double grown = absl::ToDoubleSeconds(policy.initial_backoff) * std::pow(policy.backoff_multiplier, tries - 1);
  const double seconds = std::min(grown, absl::ToDoubleSeconds(policy.max_backoff));
  absl::InsecureBitGen random;
  return absl::Seconds(seconds * absl::Uniform(random, 1 - kJitter, 1 + kJitter));
}

}  // namespace

void HedgedCall::Start(const HedgedCalls& calls, v1::ExtractFeaturesRequest request, Done done,
                       const CallOptions& options, Cancellation* client_end) {
  std::make_shared<HedgedCall>(calls, std::move(request), std::move(done), options, client_end)->Begin();
}

HedgedCall::HedgedCall(const HedgedCalls& calls, v1::ExtractFeaturesRequest request, Done done,
                       const CallOptions& options, Cancellation* client_end)
    : ticket_(calls.under_way.Begin()),
      calls_(calls),
      request_(std::move(request)),
      cancellations_{options.cancellation, client_end},
      deadline_(DeadlineOf(options, calls.defaults)),
      done_(std::move(done)) {}

void HedgedCall::Begin() {
  for (Cancellation* cancellation : cancellations_) {
    if (cancellation != nullptr) cancellation->Add(shared_from_this());
  }
  const std::optional<absl::Duration> patience = calls_.hedging.BeginCall();
  Try(/*is_hedge=*/false);
  if (patience.has_value() && absl::Now() + *patience < deadline_) WakeIn(*patience, &HedgedCall::Hedge);
}

void HedgedCall::Hedge(bool in_time) {
  if (in_time) Try(/*is_hedge=*/true);
}

void HedgedCall::Retry(bool in_time) {
  if (in_time) {
    Try(/*is_hedge=*/false);
  } else {
    Finish(absl::CancelledError("cancelled"));  // no attempt is on its way that could tell so
  }
}

void HedgedCall::Try(bool is_hedge) {
  Attempt* attempt = nullptr;
  bool cancelled = false;
  {
    absl::MutexLock lock(&mutex_);
    if (finished_) return;
    if (is_hedge && (hedging_off_ || cancelled_ || !calls_.hedging.TakeHedge())) return;
    attempts_.push_back(std::make_unique<Attempt>());
    attempt = attempts_.back().get();
    attempt->is_hedge = is_hedge;
    attempt->start = absl::Now();
    PrepareContext(calls_.defaults, deadline_, attempt->context);
    if (!is_hedge) ++tries_;
    cancelled = cancelled_;
  }
  if (cancelled) attempt->context.TryCancel();
  calls_.features.async()->ExtractFeatures(
      &attempt->context, &request_, &attempt->response,
      [call = shared_from_this(), attempt](const grpc::Status& status) { call->OnEnd(*attempt, status); });
}

void HedgedCall::OnEnd(Attempt& attempt, const grpc::Status& status) {
  absl::Status outcome = StatusFromCall(status);
  const Pushback pushback = PushbackOf(attempt.context);
  std::optional<absl::Duration> wait;
  {
    absl::MutexLock lock(&mutex_);
    attempt.running = false;
    if (finished_) return;
    if (IsRefusal(outcome)) calls_.hedging.Refused();
    switch (Decide(attempt, outcome, pushback)) {
      case Next::kWait: return;
      case Next::kAnswer: Measure(attempt); break;
      case Next::kFail: break;
      case Next::kRetry:
        wait = WaitBeforeRetry();
        // Not of a hedge that the deadline or the caller ended.
        if (!cancelled_ && absl::Now() < deadline_) outcome = refusal_;
        break;
    }
  }
  if (wait.has_value()) {
    WakeIn(*wait, &HedgedCall::Retry);
  } else if (outcome.ok()) {
    Finish(std::move(attempt.response));
  } else {
    Finish(std::move(outcome));
  }
}

HedgedCall::Next HedgedCall::Decide(const Attempt& attempt, const absl::Status& outcome, const Pushback& pushback) {
  if (outcome.ok()) return Next::kAnswer;
  // What becomes of a hedge never makes the call worse than it were without.
  if (attempt.is_hedge && Running(/*is_hedge=*/false) != nullptr) return Next::kWait;
  if (attempt.is_hedge) {
    pushback_ = Stricter(pushback_, pushback);
    return Next::kRetry;
  }
  if (cancelled_ || !IsRefusal(outcome)) return Next::kFail;
  hedging_off_ = true;
  refusal_ = outcome;
  pushback_ = pushback;
  return Running(/*is_hedge=*/true) != nullptr ? Next::kWait : Next::kRetry;
}

std::optional<absl::Duration> HedgedCall::WaitBeforeRetry() const {
  if (cancelled_ || pushback_.never || tries_ >= calls_.retry.max_attempts) return std::nullopt;
  const absl::Duration wait = pushback_.wait.has_value() ? *pushback_.wait : Backoff(calls_.retry, tries_);
  // Who would have to wait past the deadline is told at once why.
  if (absl::Now() + wait >= deadline_) return std::nullopt;
  return wait;
}

void HedgedCall::Measure(const Attempt& winner) {
  const Attempt* measured = winner.is_hedge ? Running(/*is_hedge=*/false) : &winner;
  if (winner.is_hedge) calls_.hedging.Won();
  if (measured != nullptr) calls_.hedging.Measured(absl::Now() - measured->start);
}

HedgedCall::Attempt* HedgedCall::Running(bool is_hedge) {
  for (const auto& attempt : attempts_) {
    if (attempt->running && attempt->is_hedge == is_hedge) return attempt.get();
  }
  return nullptr;
}

void HedgedCall::WakeIn(absl::Duration wait, void (HedgedCall::*act)(bool in_time)) {
  const auto alarm = std::make_shared<grpc::Alarm>();
  {
    absl::MutexLock lock(&mutex_);
    if (finished_) return;
    alarms_.push_back(alarm);
  }
  alarm->Set(absl::ToChronoTime(absl::Now() + wait), [self = shared_from_this(), act](bool in_time) mutable {
    // The alarm keeps this function as long as it lives, and the call keeps the alarm.
    const std::shared_ptr<HedgedCall> call = std::move(self);
    ((*call).*act)(in_time);
  });
  bool late = false;  // what cancels the alarms came before it was set
  {
    absl::MutexLock lock(&mutex_);
    late = finished_ || cancelled_;
  }
  if (late) alarm->Cancel();
}

void HedgedCall::Cancel() {
  std::vector<Attempt*> running;
  std::vector<std::shared_ptr<grpc::Alarm>> alarms;
  {
    absl::MutexLock lock(&mutex_);
    cancelled_ = true;
    if (finished_) return;
    alarms = alarms_;
    for (const bool is_hedge : {false, true}) {
      if (Attempt* attempt = Running(is_hedge)) running.push_back(attempt);
    }
  }
  // Outside the lock: gRPC may run callbacks on this thread.
  for (Attempt* attempt : running) attempt->context.TryCancel();
  for (const auto& alarm : alarms) alarm->Cancel();
}

void HedgedCall::Finish(absl::StatusOr<v1::ExtractFeaturesResponse> answer) {
  Done done;
  std::vector<Attempt*> losers;
  std::vector<std::shared_ptr<grpc::Alarm>> alarms;
  {
    absl::MutexLock lock(&mutex_);
    if (finished_) return;
    finished_ = true;
    done = std::move(done_);
    alarms = std::move(alarms_);
    for (const bool is_hedge : {false, true}) {
      if (Attempt* attempt = Running(is_hedge)) losers.push_back(attempt);
    }
  }
  for (Cancellation* cancellation : cancellations_) {
    if (cancellation != nullptr) cancellation->Remove(this);  // behind `done` it may be gone
  }
  for (Attempt* loser : losers) loser->context.TryCancel();
  for (const auto& alarm : alarms) alarm->Cancel();
  done(std::move(answer));
}

}  // namespace onebyone
