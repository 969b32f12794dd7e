#pragma once

#include <memory>
#include <utility>

#include "absl/time/time.h"
#include "client/load/judge/result_figures.h"
#include "client/load/run/call_log.h"
#include "client/load/run/closed_loop.h"
#include "client/load/run/load_loop.h"
#include "client/load/schedule/drawn_plan.h"
#include "client/load/work/load_pictures.h"
#include "tests/client/load/virtual_time.h"

namespace onebyone::testing {

inline LoadPictures OnePicture() {
  LoadPictures set;
  set.pictures.push_back({.name = "picture", .content = "bytes"});
  return set;
}

inline PictureDraw DrawOne() { return PictureDraw(OnePicture(), PictureOrder::kRandom, 1); }

// The figures of a loop in virtual time.
inline LoadResult RunVirtually(LoadLoop& loop, LoopKind kind, CallLog& log, VirtualTime& time) {
  loop.Run();
  time.DeliverAll();
  LoadRunOutcome outcome;
  outcome.calls = log.TakeMeasured();
  return FiguresOf(outcome, {.loop = kind});
}

inline LoadPhases OpenPhases(double per_s, double seconds, Arrivals arrivals = Arrivals::kConstant) {
  LoadPhases phases;
  phases.measured =
      std::make_unique<DrawnPlan>(*RateProfile::Create({{seconds, per_s, per_s}}), arrivals, DrawOne(), 1, 1);
  phases.measured_ns = absl::ToInt64Nanoseconds(absl::Seconds(seconds));
  return phases;
}

inline LoadPhases ClosedPhases(double seconds) {
  LoadPhases phases;
  phases.measured = std::make_unique<EndlessPlan>(DrawOne(), 1);
  phases.measured_ns = absl::ToInt64Nanoseconds(absl::Seconds(seconds));
  return phases;
}

}  // namespace onebyone::testing
