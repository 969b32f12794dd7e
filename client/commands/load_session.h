#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "client/cancellation.h"
#include "client/commands/load_endpoint.h"
#include "client/commands/load_options.h"
#include "client/load/record/answer_record.h"
#include "client/load/record/load_record.h"
#include "client/load/report/load_result.h"
#include "client/load/report/run_watch.h"
#include "client/load/run/load_loop.h"
#include "client/load/run/load_run.h"
#include "client/load/schedule/rate_profile.h"
#include "client/load/work/load_pictures.h"

namespace onebyone {

// One run of a session: all of a plain test, one trial of a search or a sweep.
struct SessionRun {
  LoopKind loop = LoopKind::kOpen;
  std::optional<RateProfile> profile = {};  // open loop
  const LoadRecord* record = nullptr;       // open loop, in place of a profile
  int64_t concurrency = 0;                  // closed loop
  absl::Duration length = absl::ZeroDuration();
  int64_t calls = 0;  // above 0: in place of the length
  std::optional<WarmUpOptions> warm_up = {};
  int64_t give_up_over = 0;
  std::string phase = {};  // before the phases of the live line: "step 3, 240/s"
};

struct SessionOutcome {
  LoadResult result;
  bool interrupted = false;
  bool server_gone = false;
  bool measured = false;
  bool gave_up = false;               // SessionRun::give_up_over
  std::vector<AnsweredCall> answers;  // where checksums are taken
};

// Runs against one endpoint with one set of pictures. One thread at a time; all arguments outlive it.
class LoadSession {
 public:
  LoadSession(const LoadOptions& options, const LoadPictures& pictures, LoadEndpoint& endpoint, RunWatch& watch,
              const Cancellation& interruption)
      : options_(options), pictures_(pictures), endpoint_(endpoint), watch_(watch), interruption_(interruption) {}

  // INVALID_ARGUMENT where a record does not fit the pictures.
  absl::StatusOr<SessionOutcome> Run(const SessionRun& run);

  // Asks one call after the other until the server answers within the objective, or within twice what the first of
  // these calls took, for half a minute at most: what a trial left behind in its queue is no load of the next one.
  absl::Status Settle();

  bool interrupted() const { return interruption_.cancelled(); }

 private:
  absl::StatusOr<LoadPhases> PhasesOf(const SessionRun& run) const;
  LoadPlan PlanOf(const SessionRun& run) const;

  const LoadOptions& options_;
  const LoadPictures& pictures_;
  LoadEndpoint& endpoint_;
  RunWatch& watch_;
  const Cancellation& interruption_;
  std::optional<absl::Duration> at_rest_;  // of one call before any load
};

}  // namespace onebyone
