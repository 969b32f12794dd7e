#pragma once

#include <vector>

#include "client/load/report/load_result.h"
#include "client/load/run/load_run.h"

namespace onebyone {

struct FigureOptions {
  LoopKind loop = LoopKind::kOpen;
  std::vector<double> percentiles = {50, 90, 95, 99, 99.9, 99.99};
};

// The outcome in figures: all of LoadResult but plan, environment, steps, replay and checks. plan.loop is set.
LoadResult FiguresOf(const LoadRunOutcome& outcome, const FigureOptions& options);

// The run as one trial of a search or a sweep.
LoadStep StepOf(const LoadResult& result, double asked);

}  // namespace onebyone
