#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/benchmarks/network.h"

namespace onebyone::benchmarks {

// One step of the plan that is served, and the fastest kernel for it. Milliseconds, minima of all runs.
struct StepBound {
  std::string name;
  std::string op;
  int64_t multiply_adds = 0;
  double served_ms = 0;
  double fastest_ms = 0;
  std::string kernel;   // that is served: "direct", "winograd.1"; empty for what is no convolution
  std::string fastest;  // the same, of the fastest; "apart" where siblings would better not run as one

  double Gflops() const { return 2e-6 * static_cast<double>(multiply_adds) / served_ms; }
};

// A whole run, and what its steps take.
struct Bound {
  double whole_ms = 0;
  double whole_cpu_ms = 0;  // of a run; less than whole_ms only where other work took the CPU from every run
  std::vector<StepBound> steps;

  double ServedSum() const;
  double FastestSum() const;
};

struct BoundRuns {
  int rounds = 10;
  int runs = 10;  // of each plan in each round, one more before them to warm its weights and values
};

// Runs the served plan and those of the same network in which every convolution that can runs as one variant, in turn:
// so each kernel is timed in the running network, its weights and values where they are in service.
absl::StatusOr<Bound> MeasureBound(const Network& network, const std::vector<Network>& variants, const BoundRuns& runs);

}  // namespace onebyone::benchmarks
