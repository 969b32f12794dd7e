#include "client/commands/load_session.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "client/load/judge/result_figures.h"
#include "client/load/run/load_clock.h"
#include "client/load/schedule/drawn_plan.h"
#include "engine/base/status_macros.h"

namespace onebyone {
namespace {

// Of a warm-up, which ends by its own judgement, and of a plan that ends by a number of calls.
constexpr double kLongSeconds = 1e6;
constexpr absl::Duration kLongestSettling = absl::Seconds(30);
constexpr absl::Duration kBetweenProbes = absl::Milliseconds(100);

std::string SecurityText(const ChannelSecurity& security) {
  return absl::StrCat(!security.tls                       ? "plaintext"
                      : security.certificate_file.empty() ? "TLS"
                                                          : "mTLS",
                      security.token_file.empty() ? "" : ", token");
}

std::string TargetKind(LoadProtocol protocol) {
  switch (protocol) {
    case LoadProtocol::kFeatures: return "onebyone";
    case LoadProtocol::kStream: return "onebyone stream";
    case LoadProtocol::kKServe: return "kserve";
  }
  return "";
}

std::string TypeName(v1::DataType type) {
  switch (type) {
    case v1::FLOAT16: return "float16";
    case v1::BFLOAT16: return "bfloat16";
    case v1::UINT8: return "uint8";
    default: return "float32";
  }
}

std::string PriorityName(v1::Priority priority) {
  return priority == v1::BULK ? "bulk" : priority == v1::INTERACTIVE ? "interactive" : "";
}

}  // namespace

absl::StatusOr<LoadPhases> LoadSession::PhasesOf(const SessionRun& run) const {
  const LoadWorkOptions& work = options_.work;
  const auto draw = [&](uint64_t seed) { return PictureDraw(pictures_, work.order, seed); };
  // The warm-up has numbers of its own, so that the measured calls are the same however long it took.
  const uint64_t warm_seed = work.seed + 1;
  const int64_t most = run.calls > 0 ? run.calls : CallPlan::kNoLimit;
  LoadPhases phases;
  phases.measured_ns = absl::ToInt64Nanoseconds(run.calls > 0 ? absl::Seconds(kLongSeconds) : run.length);
  if (run.loop == LoopKind::kClosed) {
    if (run.warm_up.has_value()) {
      phases.warm_up = std::make_unique<EndlessPlan>(draw(warm_seed), work.pictures_per_call);
    }
    phases.measured = std::make_unique<EndlessPlan>(draw(work.seed), work.pictures_per_call, most);
    return phases;
  }
  if (run.record != nullptr) {
    ASSIGN_OR_RETURN(std::vector<int32_t> places, MatchPictures(*run.record, pictures_));
    phases.measured = std::make_unique<RecordedPlan>(*run.record, std::move(places));
    return phases;
  }
  const double first = run.profile->first_per_s();
  if (run.warm_up.has_value() && first > 0) {
    ASSIGN_OR_RETURN(RateProfile steady, RateProfile::Create({{kLongSeconds, first, first}}));
    phases.warm_up = std::make_unique<DrawnPlan>(std::move(steady), options_.loop.arrivals, draw(warm_seed),
                                                 work.pictures_per_call, warm_seed);
  }
  phases.measured = std::make_unique<DrawnPlan>(*run.profile, options_.loop.arrivals, draw(work.seed),
                                                work.pictures_per_call, work.seed, most);
  return phases;
}

LoadPlan LoadSession::PlanOf(const SessionRun& run) const {
  const LoadTargetOptions& target = options_.target;
  const LoadWorkOptions& work = options_.work;
  LoadPlan plan;
  plan.command_line = options_.command_line;
  plan.target_kind = TargetKind(target.protocol);
  plan.addresses = absl::StrSplit(target.client.target, ',');
  plan.security = SecurityText(target.client.security);
  plan.model = target.question.model();
  plan.layers = work.features.layers;
  plan.channels = work.features.feature.channels();
  plan.type = TypeName(work.features.feature.data_type());
  plan.loop = run.loop;
  if (run.loop == LoopKind::kClosed) {
    plan.concurrency = run.concurrency;
    plan.think_ms = absl::ToDoubleMilliseconds(options_.loop.think);
    plan.schedule = absl::StrFormat("%d at a time", run.concurrency);
    if (plan.think_ms > 0) absl::StrAppendFormat(&plan.schedule, ", think %g ms", plan.think_ms);
  } else {
    plan.max_outstanding = options_.loop.max_outstanding;
    if (run.record != nullptr) {
      plan.schedule = absl::StrCat("replay of ", options_.loop.replay);
      plan.rate_per_s = static_cast<double>(run.record->calls.size()) / run.record->seconds;
    } else {
      plan.schedule = absl::StrCat(options_.loop.arrivals == Arrivals::kPoisson ? "poisson, " : "constant, ",
                                   run.profile->InWords());
      plan.rate_per_s = run.profile->mean_per_s();
    }
  }
  plan.connections = target.connections;
  plan.deadline_ms = absl::ToDoubleMilliseconds(target.client.deadline);
  plan.priority = PriorityName(target.question.priority());
  plan.seed = work.seed;
  plan.duration_ms = run.calls > 0 ? 0 : absl::ToDoubleMilliseconds(run.length);
  plan.pictures = pictures_.description;
  if (!endpoint_.inputs().empty()) absl::StrAppend(&plan.pictures, ", as ", endpoint_.inputs());
  if (work.pictures_per_call > 1) absl::StrAppend(&plan.pictures, ", ", work.pictures_per_call, " a request");
  plan.picture_count = static_cast<int64_t>(pictures_.pictures.size());
  plan.picture_bytes = TotalBytes(pictures_);
  return plan;
}

absl::StatusOr<SessionOutcome> LoadSession::Run(const SessionRun& run) {
  ASSIGN_OR_RETURN(LoadPhases phases, PhasesOf(run));
  LoadRunOptions options;
  options.loop = run.loop;
  options.concurrency = run.concurrency;
  options.think = options_.loop.think;
  options.max_outstanding = options_.loop.max_outstanding;
  options.ends_by_count = run.calls > 0;
  if (run.warm_up.has_value()) options.warm_up = *run.warm_up;
  options.deadline = options_.target.client.deadline;
  options.keep_going = options_.loop.keep_going;
  options.objective = LongestLimit(options_.judge.objectives);
  options.give_up_over = run.give_up_over;

  AnswerRecord answers;
  std::optional<inference::InferStatistics> before;
  LoadRunHooks hooks;
  hooks.progress = [&](const LoadProgress& progress) {
    LoadProgress shown = progress;
    if (!run.phase.empty()) shown.phase = absl::StrCat(run.phase, ": ", progress.phase);
    watch_.Show(shown);
  };
  const bool asks_statistics = options_.target.protocol == LoadProtocol::kKServe;
  hooks.begun = [&] {
    if (asks_statistics) before = endpoint_.Statistics();
  };
  hooks.name = [this](const PlannedCall& call) {
    return pictures_.pictures[static_cast<size_t>(call.pictures.front())].name;
  };
  if (!options_.record.empty() || run.record != nullptr) {
    hooks.answered = [&answers](const PlannedCall& call, const CallMoments& moments, const CallOutcome& outcome) {
      answers.Add(call, moments, outcome);
    };
  }
  SystemLoadClock clock;
  const LoadRunOutcome outcome =
      RunLoad(options, std::move(phases), endpoint_.target(), clock, interruption_, std::move(hooks));
  SessionOutcome session;
  session.result = FiguresOf(outcome, {.loop = run.loop, .percentiles = options_.judge.percentiles});
  session.result.plan = PlanOf(run);
  if (before.has_value()) {
    const auto after = endpoint_.Statistics();
    if (after.has_value()) session.result.server_stages = LoadEndpoint::StagesBetween(*before, *after);
  }
  session.interrupted = outcome.interrupted;
  session.server_gone = outcome.server_gone;
  session.measured = outcome.measured;
  session.gave_up = outcome.gave_up;
  session.answers = answers.Take(outcome.calls.from_ns);
  return session;
}

absl::Status LoadSession::Settle() {
  const absl::Time last = absl::Now() + kLongestSettling;
  while (absl::Now() < last) {
    const absl::Time start = absl::Now();
    const absl::Status status = endpoint_.Probe(pictures_, options_.work.pictures_per_call, interruption_);
    if (status.code() == absl::StatusCode::kUnavailable || absl::IsCancelled(status)) return status;
    const absl::Duration took = absl::Now() - start;
    if (status.ok() && !at_rest_.has_value()) at_rest_ = took;
    const absl::Duration limit = std::max(LongestLimit(options_.judge.objectives), 2 * at_rest_.value_or(took));
    if (status.ok() && took <= limit) return absl::OkStatus();
    absl::SleepFor(kBetweenProbes);
  }
  return absl::OkStatus();
}

}  // namespace onebyone
