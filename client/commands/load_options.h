#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "client/client_options.h"
#include "client/commands/feature_flags.h"
#include "client/load/judge/fail_condition.h"
#include "client/load/judge/objective.h"
#include "client/load/report/report_files.h"
#include "client/load/report/run_watch.h"
#include "client/load/schedule/drawn_plan.h"
#include "client/load/target/infer_messages.h"
#include "client/load/work/picture_draw.h"

namespace onebyone {

enum class LoadProtocol { kFeatures, kStream, kKServe };

// Whom to ask, and how.
struct LoadTargetOptions {
  ClientOptions client;  // target: as typed, maybe several addresses
  LoadProtocol protocol = LoadProtocol::kFeatures;
  int connections = 1;
  v1::ExtractFeaturesRequest question;  // model, version, priority; features and input size are in LoadWorkOptions
  InferInput input = InferInput::kAuto;
  std::vector<int64_t> input_shape;
};

// What to send.
struct LoadWorkOptions {
  std::vector<std::string> inputs;  // PATH, or PATH=WEIGHT
  std::string synthetic;            // "640x480:0.8,..."; used where there are no inputs
  int pictures_of_each_size = 8;
  std::string size_mix;
  int pictures_per_call = 1;
  PictureOrder order = PictureOrder::kRandom;
  uint64_t seed = 1;
  FeatureFlags features;
};

enum class LoadShape { kRate, kRamp, kSteps, kReplay, kConcurrency, kSweep, kFindCapacity };

// When to send.
struct LoadLoopOptions {
  LoadShape shape = LoadShape::kConcurrency;
  double rate_per_s = 0;
  std::string ramp;    // "10:500"
  std::string steps;   // "100:10,200:20"
  std::string replay;  // a record's file
  int64_t concurrency = 1;
  std::vector<int64_t> sweep;
  absl::Duration think = absl::ZeroDuration();
  Arrivals arrivals = Arrivals::kPoisson;
  absl::Duration duration = absl::Seconds(10);
  int64_t calls = 0;  // 0: as many as the duration has
  int64_t max_outstanding = 5000;
  bool warm_up = true;
  absl::Duration warm_up_length = absl::ZeroDuration();  // 0: until it is stable
  absl::Duration longest_warm_up = absl::Seconds(30);
  absl::Duration window = absl::Seconds(1);
  bool keep_going = false;
};

// What to make of it.
struct LoadJudgeOptions {
  std::vector<double> percentiles = {50, 90, 95, 99, 99.9, 99.99};
  std::vector<Objective> objectives;
  std::vector<FailCondition> conditions;
  double start_per_s = 0;  // of a search; 0: found out
  double most_per_s = 100'000;
  double precision = 0.02;
  absl::Duration trial = absl::Seconds(5);  // of a search or a sweep, at least
};

struct LoadOptions {
  std::string command_line;
  LoadTargetOptions target;
  LoadWorkOptions work;
  LoadLoopOptions loop;
  LoadJudgeOptions judge;
  ReportFiles reports;
  RunWatchOptions watch;
  std::string record;  // file to write the schedule and the answers' checksums to; "": none
};

// What no single flag can know: flags that need or exclude each other. INVALID_ARGUMENT, naming them. Percentiles that
// conditions and objectives ask for are added to those that are measured.
absl::Status CompleteLoadOptions(LoadOptions& options);

}  // namespace onebyone
