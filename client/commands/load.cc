#include "client/commands/load.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/commands/load_endpoint.h"
#include "client/commands/load_environment.h"
#include "client/commands/load_session.h"
#include "client/commands/load_trials.h"
#include "client/commands/load_work.h"
#include "client/load/record/answer_record.h"
#include "client/load/record/load_record.h"
#include "client/load/report/result_table.h"
#include "engine/base/file.h"
#include "engine/base/status_macros.h"

namespace onebyone {
namespace {

constexpr int64_t kMaxRecordBytes = int64_t{2} << 30;

int Complain(Terminal& terminal, const absl::Status& status, int code) {
  terminal.err << absl::StrCat("onebyone load: ", status.message(), "\n");
  return code;
}

absl::Status CheckRecordFile(const std::string& path) {
  if (path.empty()) return absl::OkStatus();
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  std::error_code error;
  if (folder.empty() || std::filesystem::is_directory(folder, error)) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("--record ", path, ": want a file in a folder that there is"));
}

// What a run cannot be without, and what it is measured with.
struct Preparation {
  LoadOptions options;
  std::optional<LoadRecord> record;  // to be replayed
  LoadPictures pictures;
  std::unique_ptr<LoadEndpoint> endpoint;
  std::unique_ptr<RunWatch> watch;
};

absl::Status ReadRecord(Preparation& made) {
  LoadOptions& options = made.options;
  if (options.loop.shape != LoadShape::kReplay) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::string text, ReadFile(options.loop.replay, kMaxRecordBytes));
  auto record = ParseRecord(text);
  if (!record.ok()) {
    return absl::InvalidArgumentError(absl::StrCat("--replay ", options.loop.replay, ": ", record.status().message()));
  }
  made.record = *std::move(record);
  LoadWorkOptions& work = options.work;
  work.seed = made.record->seed;
  work.pictures_per_call = static_cast<int>(made.record->calls.front().pictures.size());
  if (!work.inputs.empty()) return absl::OkStatus();
  work.inputs = made.record->inputs;
  work.synthetic = made.record->synthetic;
  work.pictures_of_each_size = made.record->pictures_of_each_size;
  return absl::OkStatus();
}

absl::StatusOr<Preparation> Prepare(const LoadOptions& options, Terminal& terminal) {
  Preparation made = {.options = options, .record = {}, .pictures = {}, .endpoint = {}, .watch = {}};
  RETURN_IF_ERROR(ReadRecord(made));
  std::vector<std::string> notes;
  ASSIGN_OR_RETURN(made.pictures, GatherPictures(made.options.work, terminal.in, notes));
  if (made.record.has_value()) {
    RETURN_IF_ERROR(MatchPictures(*made.record, made.pictures).status());
  }
  for (const std::string& note : notes) terminal.err << absl::StrCat("onebyone load: ", note, "\n");
  const bool checks = made.record.has_value() || !options.record.empty();
  ASSIGN_OR_RETURN(made.endpoint, LoadEndpoint::Open(options.target, made.options.work, made.pictures,
                                                     checks ? AnswerDepth::kChecksums : AnswerDepth::kTimes));
  RETURN_IF_ERROR(made.endpoint->Probe(made.pictures, made.options.work.pictures_per_call, terminal.interruption));
  RunWatchOptions watch = options.watch;
  watch.labels["target"] = options.target.client.target;
  if (!options.target.question.model().empty()) watch.labels["model"] = options.target.question.model();
  ASSIGN_OR_RETURN(made.watch, RunWatch::Create(watch, terminal.err, terminal.err_columns));
  if (made.watch->metrics_port() > 0) {
    made.watch->Say(absl::StrCat("onebyone load: metrics on port ", made.watch->metrics_port()));
  }
  return made;
}

// The one run of a plain test.
absl::StatusOr<SessionRun> PlainRun(const LoadLoopOptions& loop, const LoadRecord* record) {
  SessionRun run;
  run.length = loop.duration;
  run.calls = loop.calls;
  if (loop.warm_up) {
    run.warm_up = WarmUpOptions{.length = loop.warm_up_length, .longest = loop.longest_warm_up, .window = loop.window};
  }
  const double seconds = absl::ToDoubleSeconds(loop.duration);
  switch (loop.shape) {
    case LoadShape::kRate: {
      // By a number of calls the time is as long as they need.
      const double length = loop.calls > 0 ? 1e6 : seconds;
      ASSIGN_OR_RETURN(run.profile, RateProfile::Create({{length, loop.rate_per_s, loop.rate_per_s}}));
      break;
    }
    case LoadShape::kRamp: {
      ASSIGN_OR_RETURN(run.profile, RateProfile::ParseRamp(loop.ramp, seconds));
      break;
    }
    case LoadShape::kSteps: {
      ASSIGN_OR_RETURN(run.profile, RateProfile::ParseSteps(loop.steps));
      run.length = absl::Seconds(run.profile->seconds());
      break;
    }
    case LoadShape::kReplay:
      run.record = record;
      run.length = absl::Seconds(record->seconds);
      run.warm_up.reset();
      break;
    default: run.loop = LoopKind::kClosed; run.concurrency = loop.concurrency;
  }
  return run;
}

absl::StatusOr<SessionOutcome> Measure(const Preparation& made, LoadSession& session) {
  switch (made.options.loop.shape) {
    case LoadShape::kFindCapacity: return SearchCapacity(made.options, session);
    case LoadShape::kSweep: return SweepConcurrency(made.options, session);
    default: {
      ASSIGN_OR_RETURN(const SessionRun run,
                       PlainRun(made.options.loop, made.record.has_value() ? &*made.record : nullptr));
      return session.Run(run);
    }
  }
}

LoadRecord RecordOf(const Preparation& made, const SessionOutcome& outcome) {
  const LoadWorkOptions& work = made.options.work;
  LoadRecord record;
  record.inputs = work.inputs;
  if (work.inputs.empty()) record.synthetic = work.synthetic;
  record.pictures_of_each_size = work.pictures_of_each_size;
  record.seed = work.seed;
  record.seconds = outcome.result.measured_ms / 1e3;
  record.pictures = RecordPictures(made.pictures);
  for (const AnsweredCall& answered : outcome.answers) record.calls.push_back(answered.call);
  return record;
}

// Everything that a run leaves behind: conditions, files, the table. Returns what could not be written.
absl::Status Report(Preparation& made, SessionOutcome& outcome, Terminal& terminal) {
  LoadResult& result = outcome.result;
  result.environment = DescribeEnvironment(made.endpoint->server_version());
  if (made.record.has_value()) {
    result.replay = CompareAnswers(*made.record, made.options.loop.replay, outcome.answers);
  }
  for (const FailCondition& condition : made.options.judge.conditions) {
    result.checks.push_back(Check(condition, result));
  }
  const absl::Status pushed = made.watch->push_status();
  if (!pushed.ok()) made.watch->Say(absl::StrCat("onebyone load: --metrics-push: ", pushed.message()));
  made.watch.reset();
  absl::Status written = WriteReports(result, made.options.reports);
  if (!made.options.record.empty()) {
    absl::Status recorded = WriteFile(made.options.record, RecordText(RecordOf(made, outcome)));
    if (written.ok()) written = recorded;
  }
  terminal.out << ResultTable(result) << std::flush;
  if (!terminal.out && written.ok()) written = absl::UnavailableError("standard output: cannot be written");
  return written;
}

int ExitCodeOf(const SessionOutcome& outcome) {
  const LoadResult& result = outcome.result;
  if (outcome.interrupted || outcome.server_gone || !outcome.measured) return kFailed;
  if (HeadLatency(result).count == 0) return kFailed;
  for (const LoadCheck& check : result.checks) {
    if (check.failed) return kMissed;
  }
  if (result.replay.has_value() && result.replay->changed > 0) return kMissed;
  if (result.capacity.has_value() && !result.capacity->per_s.has_value()) return kMissed;
  return kDone;
}

}  // namespace

int PutLoad(const LoadOptions& options, Terminal& terminal) {
  for (const absl::Status& status :
       {CheckReportFiles(options.reports), CheckRecordFile(options.record), options.target.client.Validate()}) {
    if (!status.ok()) return Complain(terminal, status, kWrongUsage);
  }
  absl::StatusOr<Preparation> made = Prepare(options, terminal);
  if (!made.ok()) return Complain(terminal, made.status(), kFailed);
  LoadSession session(made->options, made->pictures, *made->endpoint, *made->watch, terminal.interruption);
  absl::StatusOr<SessionOutcome> outcome = Measure(*made, session);
  if (!outcome.ok()) {
    made->watch.reset();
    return Complain(terminal, outcome.status(), kFailed);
  }
  const absl::Status reported = Report(*made, *outcome, terminal);
  if (!reported.ok()) return Complain(terminal, reported, kFailed);
  if (outcome->result.ended != "complete") {
    terminal.err << absl::StrCat("onebyone load: ended early: ", outcome->result.ended, "\n");
  }
  return ExitCodeOf(*outcome);
}

}  // namespace onebyone
