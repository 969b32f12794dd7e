#include "client/commands/load_options.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "absl/strings/str_cat.h"
#include "client/load/schedule/rate_profile.h"
#include "engine/base/status_macros.h"

namespace onebyone {
namespace {

void AddPercentile(double percentile, std::vector<double>& percentiles) {
  const auto equal = [percentile](double other) { return std::abs(other - percentile) < 1e-9; };
  if (std::none_of(percentiles.begin(), percentiles.end(), equal)) percentiles.push_back(percentile);
}

// Whether the loop can be made at all, before anybody is asked.
absl::Status CheckRates(const LoadLoopOptions& loop) {
  const double seconds = absl::ToDoubleSeconds(loop.duration);
  absl::Status status;
  std::string flag;
  if (loop.shape == LoadShape::kRate) {
    flag = "--rate";
    status = RateProfile::Create({{seconds, loop.rate_per_s, loop.rate_per_s}}).status();
  } else if (loop.shape == LoadShape::kRamp) {
    flag = "--ramp";
    status = RateProfile::ParseRamp(loop.ramp, seconds).status();
  } else if (loop.shape == LoadShape::kSteps) {
    flag = "--steps";
    status = RateProfile::ParseSteps(loop.steps).status();
  }
  if (status.ok()) return status;
  return absl::InvalidArgumentError(absl::StrCat(flag, ": ", status.message()));
}

}  // namespace

absl::Status CompleteLoadOptions(LoadOptions& options) {
  RETURN_IF_ERROR(CheckRates(options.loop));
  const LoadLoopOptions& loop = options.loop;
  LoadJudgeOptions& judge = options.judge;
  const bool is_search = loop.shape == LoadShape::kFindCapacity;
  const bool is_closed = loop.shape == LoadShape::kConcurrency || loop.shape == LoadShape::kSweep;
  if (is_search && judge.objectives.empty()) {
    return absl::InvalidArgumentError("--find-capacity: want --slo beside it, such as --slo p99=50ms, got none");
  }
  if (!is_closed && loop.think > absl::ZeroDuration()) {
    return absl::InvalidArgumentError("--think: want a closed loop (--concurrency), got an open one");
  }
  if (loop.calls > 0 && loop.shape != LoadShape::kRate && loop.shape != LoadShape::kConcurrency) {
    return absl::InvalidArgumentError("--requests: want --rate or --concurrency beside it");
  }
  if (!options.record.empty() && (is_search || loop.shape == LoadShape::kSweep)) {
    return absl::InvalidArgumentError("--record: want one run, got --find-capacity or --sweep");
  }
  if (!options.work.inputs.empty() && !options.work.synthetic.empty()) {
    return absl::InvalidArgumentError("--synthetic: want either PICTURES or --synthetic, got both");
  }
  if (options.target.protocol != LoadProtocol::kKServe &&
      (options.target.input != InferInput::kAuto || !options.target.input_shape.empty())) {
    return absl::InvalidArgumentError("--input, --input-shape: want --protocol kserve beside them");
  }
  const bool is_random = options.target.input == InferInput::kRandom;
  if (is_random && (!options.work.inputs.empty() || !options.work.synthetic.empty())) {
    return absl::InvalidArgumentError("--input random: want no pictures beside it");
  }
  // A replay takes what its record names.
  if (options.work.inputs.empty() && options.work.synthetic.empty() && !is_random && loop.shape != LoadShape::kReplay) {
    options.work.synthetic = "640x480";
  }
  if (!options.work.size_mix.empty() && options.work.inputs.empty()) {
    return absl::InvalidArgumentError("--size-mix: want PICTURES beside it; --synthetic has shares of its own");
  }
  for (const double percentile : {50.0, 90.0, 95.0, 99.0}) AddPercentile(percentile, judge.percentiles);
  for (const Objective& objective : judge.objectives) AddPercentile(objective.percentile, judge.percentiles);
  for (const FailCondition& condition : judge.conditions) {
    if (condition.percentile > 0) AddPercentile(condition.percentile, judge.percentiles);
  }
  std::sort(judge.percentiles.begin(), judge.percentiles.end());
  return absl::OkStatus();
}

}  // namespace onebyone
