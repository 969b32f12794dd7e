#include "client/commands/load_trials.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "client/load/judge/capacity_search.h"
#include "client/load/judge/objective.h"
#include "client/load/judge/result_figures.h"
#include "client/load/report/quantity_text.h"
#include "engine/base/status_macros.h"

namespace onebyone {
namespace {

constexpr absl::Duration kTrialWarmUp = absl::Seconds(1);
constexpr absl::Duration kLongestTrial = absl::Minutes(10);
constexpr int64_t kProbeConcurrency = 8;
constexpr double kMoreSamples = 1.2;  // than a percentile needs: Poisson arrivals may be fewer than meant
constexpr double kIdle = 0.2;         // requests in the air on the average: as good as no load
constexpr double kLimitsInTrial = 4;  // a queue that grows needs time to be seen

WarmUpOptions ShortWarmUp() { return {.length = kTrialWarmUp}; }

std::string ObjectiveText(const std::vector<Objective>& objectives) {
  return absl::StrJoin(objectives, ", ", [](std::string* out, const Objective& objective) {
    absl::StrAppendFormat(out, "%s <= %s ms", PercentileName(objective.percentile),
                          MsText(absl::ToDoubleMilliseconds(objective.limit)));
  });
}

// Long enough for every percentile of the objectives.
absl::Duration TrialLength(const LoadJudgeOptions& judge, double per_s) {
  absl::Duration length = std::max(judge.trial, kLimitsInTrial * LongestLimit(judge.objectives));
  for (const Objective& objective : judge.objectives) {
    const double samples = static_cast<double>(SamplesNeeded(objective.percentile)) * kMoreSamples;
    length = std::max(length, absl::Seconds(samples / per_s));
  }
  return length;
}

// So many calls over the limit, and the percentile cannot be kept however the rest goes.
int64_t HopelessOver(const LoadJudgeOptions& judge, double calls) {
  double allowed = 0;
  for (const Objective& objective : judge.objectives) {
    allowed = std::max(allowed, (1 - objective.percentile / 100) * calls);
  }
  return static_cast<int64_t>(2 * allowed) + 20;
}

class CapacityTrials {
 public:
  CapacityTrials(const LoadOptions& options, LoadSession& session) : options_(options), session_(session) {}

  absl::StatusOr<LoadStep> Try(double per_s) {
    const absl::Duration length = TrialLength(options_.judge, per_s);
    if (length > kLongestTrial) {
      return absl::InvalidArgumentError(absl::StrFormat("at %s a trial of this objective takes %s, want at most %s",
                                                        RateText(per_s), absl::FormatDuration(length),
                                                        absl::FormatDuration(kLongestTrial)));
    }
    RETURN_IF_ERROR(session_.Settle());
    SessionRun run;
    ASSIGN_OR_RETURN(run.profile, RateProfile::Create({{absl::ToDoubleSeconds(length), per_s, per_s}}));
    run.length = length;
    run.warm_up = ShortWarmUp();
    run.give_up_over = HopelessOver(options_.judge, per_s * absl::ToDoubleSeconds(length));
    run.phase = absl::StrFormat("step %d, %s", ++number_, RateText(per_s));
    ASSIGN_OR_RETURN(SessionOutcome outcome, session_.Run(run));
    if (outcome.interrupted) return absl::CancelledError("interrupted");
    if (outcome.server_gone) return absl::UnavailableError(outcome.result.ended);
    LoadStep step = StepOf(outcome.result, per_s);
    step.why = outcome.gave_up
                   ? absl::StrFormat("more than %d requests took over %s, given up after %s", run.give_up_over,
                                     absl::FormatDuration(LongestLimit(options_.judge.objectives)),
                                     LengthText(outcome.result.measured_ms))
                   : WhyBroken(outcome.result, options_.judge.objectives);
    step.kept = step.why.empty();
    const bool is_idle =
        ErrorCount(outcome.result) == 0 && step.mean_ms.has_value() && per_s * *step.mean_ms / 1e3 < kIdle;
    outcomes_.insert_or_assign(per_s, std::move(outcome));
    if (step.kept || !is_idle) return step;
    // Lower rates would only take longer.
    idle_ = step;
    return absl::FailedPreconditionError(
        absl::StrCat("at ", RateText(per_s), ", which is next to no load, too: ", step.why));
  }

  // Where a search begins unless told: what a few callers get who wait for each answer.
  absl::StatusOr<double> Guess() {
    SessionRun run;
    run.loop = LoopKind::kClosed;
    run.concurrency = kProbeConcurrency;
    run.length = std::max(absl::Seconds(1), options_.judge.trial / 2);
    run.warm_up = WarmUpOptions{.length = kTrialWarmUp / 2};
    run.phase = "a first look";
    ASSIGN_OR_RETURN(const SessionOutcome outcome, session_.Run(run));
    if (outcome.interrupted) return absl::CancelledError("interrupted");
    if (outcome.server_gone) return absl::UnavailableError(outcome.result.ended);
    const double per_s = StepOf(outcome.result, 0).achieved_per_s;
    return per_s > 0 ? per_s : 1;
  }

  // The last run at this rate.
  SessionOutcome Take(double per_s) { return std::move(outcomes_.at(per_s)); }
  bool empty() const { return outcomes_.empty(); }
  double last() const { return outcomes_.begin()->first; }
  // The trial at which the objective broke without load.
  const std::optional<LoadStep>& idle() const { return idle_; }

 private:
  const LoadOptions& options_;
  LoadSession& session_;
  int number_ = 0;
  std::optional<LoadStep> idle_;
  std::map<double, SessionOutcome> outcomes_;
};

}  // namespace

absl::StatusOr<SessionOutcome> SearchCapacity(const LoadOptions& options, LoadSession& session) {
  CapacityTrials trials(options, session);
  CapacitySearchOptions search = {.start_per_s = options.judge.start_per_s,
                                  .most_per_s = options.judge.most_per_s,
                                  .precision = options.judge.precision};
  if (search.start_per_s <= 0) {
    ASSIGN_OR_RETURN(search.start_per_s, trials.Guess());
  }
  const CapacitySearchOutcome found = FindCapacity(search, [&trials](double per_s) { return trials.Try(per_s); });
  if (trials.empty()) return found.status;
  SessionOutcome outcome = trials.Take(found.per_s.value_or(trials.last()));
  outcome.result.steps = found.steps;
  if (trials.idle().has_value()) outcome.result.steps.push_back(*trials.idle());
  outcome.result.step_kind = StepKind::kRate;
  FoundCapacity capacity;
  capacity.objective = ObjectiveText(options.judge.objectives);
  capacity.per_s = found.per_s;
  capacity.broken_per_s = found.broken_per_s;
  if (absl::IsFailedPrecondition(found.status)) {
    capacity.note = std::string(found.status.message());
  } else if (!found.status.ok()) {
    capacity.note = absl::StrCat("the search ended early: ", found.status.message());
    outcome.result.ended = std::string(found.status.message());
    outcome.interrupted = absl::IsCancelled(found.status);
    outcome.server_gone = !outcome.interrupted;
  } else if (!found.settled) {
    capacity.note = absl::StrCat("not confirmed within ", found.steps.size(), " trials");
  } else if (!found.broken_per_s.has_value() && found.per_s.has_value()) {
    capacity.note = "the highest rate that --max-rate allows keeps it";
  } else if (!found.per_s.has_value()) {
    capacity.note = "no rate kept the objective";
  }
  outcome.result.capacity = std::move(capacity);
  return outcome;
}

absl::StatusOr<SessionOutcome> SweepConcurrency(const LoadOptions& options, LoadSession& session) {
  std::vector<LoadStep> steps;
  std::vector<SessionOutcome> outcomes;
  std::string ended;
  bool interrupted = false;
  for (const int64_t concurrency : options.loop.sweep) {
    const absl::Status settled = steps.empty() ? absl::OkStatus() : session.Settle();
    interrupted = absl::IsCancelled(settled);
    if (!settled.ok()) ended = std::string(settled.message());
    if (!ended.empty()) break;
    SessionRun run;
    run.loop = LoopKind::kClosed;
    run.concurrency = concurrency;
    run.length = options.judge.trial;
    run.warm_up = ShortWarmUp();
    run.phase = absl::StrFormat("%d at a time", concurrency);
    ASSIGN_OR_RETURN(SessionOutcome outcome, session.Run(run));
    if (outcome.interrupted || outcome.server_gone) {
      interrupted = outcome.interrupted;
      ended = outcome.result.ended;
      if (steps.empty()) return outcome;
      break;
    }
    LoadStep step = StepOf(outcome.result, static_cast<double>(concurrency));
    if (!options.judge.objectives.empty()) step.why = WhyBroken(outcome.result, options.judge.objectives);
    step.kept = step.why.empty();
    steps.push_back(std::move(step));
    outcomes.push_back(std::move(outcome));
  }
  if (outcomes.empty()) return absl::UnavailableError(ended);
  const LoadStep* knee = FindKnee(steps);
  SessionOutcome outcome = std::move(outcomes[knee == nullptr ? 0 : static_cast<size_t>(knee - steps.data())]);
  if (knee != nullptr) {
    FoundCapacity capacity;
    capacity.note = "the knee: the most throughput for its latency";
    capacity.per_s = knee->achieved_per_s;
    capacity.concurrency = knee->asked;
    outcome.result.capacity = std::move(capacity);
  }
  outcome.result.steps = std::move(steps);
  outcome.result.step_kind = StepKind::kConcurrency;
  if (!ended.empty()) {
    outcome.result.ended = ended;
    outcome.interrupted = interrupted;
    outcome.server_gone = !interrupted;
  }
  return outcome;
}

}  // namespace onebyone
