#include "tests/benchmarks/bound_measurement.h"

#include <algorithm>
#include <cstring>
#include <ctime>
#include <limits>
#include <memory>
#include <numeric>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "engine/base/status_macros.h"
#include "engine/runtime/conv_choice.h"
#include "engine/runtime/executor.h"
#include "engine/workbench/latency.h"

namespace onebyone::benchmarks {
namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();

// A plan on an executor of its own, and the least times of its steps.
struct Candidate {
  std::shared_ptr<const Plan> plan;
  std::unique_ptr<Executor> executor;
  std::vector<double> step_ms;
};

absl::StatusOr<Candidate> MakeCandidate(std::shared_ptr<const Plan> plan) {
  Candidate candidate;
  candidate.step_ms.assign(plan->steps.size(), kNever);
  candidate.plan = std::move(plan);
  candidate.executor = Executor::Create({});
  RETURN_IF_ERROR(candidate.executor->Use(candidate.plan));
  return candidate;
}

// Names of steps that tell one from another: a value may be reordered more than once.
std::vector<std::string> KeysOf(const Plan& plan) {
  absl::flat_hash_map<std::string, int> seen;
  std::vector<std::string> keys;
  for (const Step& step : plan.steps) {
    const std::string key = absl::StrCat(step.name, "\t", step.op);
    keys.push_back(absl::StrCat(key, "\t", seen[key]++));
  }
  return keys;
}

absl::Status Profile(Candidate& candidate, const Tensor& input, int runs) {
  RETURN_IF_ERROR(TimeRun(*candidate.executor, input).status());
  std::vector<absl::Duration> durations;
  for (int run = 0; run < runs; ++run) {
    std::memcpy(candidate.executor->Input().data, input.data(), input.bytes());
    RETURN_IF_ERROR(candidate.executor->RunProfiled(durations));
    for (size_t i = 0; i < durations.size(); ++i) {
      candidate.step_ms[i] = std::min(candidate.step_ms[i], absl::ToDoubleMilliseconds(durations[i]));
    }
  }
  return absl::OkStatus();
}

// Milliseconds that this thread has had a CPU.
double CpuMilliseconds() {
  timespec now = {};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return 1e3 * static_cast<double>(now.tv_sec) + 1e-6 * static_cast<double>(now.tv_nsec);
}

absl::Status TimeWhole(Executor& served, const Tensor& input, int runs, Bound& bound) {
  RETURN_IF_ERROR(TimeRun(served, input).status());
  for (int run = 0; run < runs; ++run) {
    std::memcpy(served.Input().data, input.data(), input.bytes());
    const absl::Time start = absl::Now();
    const double cpu_start = CpuMilliseconds();
    RETURN_IF_ERROR(served.Run(nullptr));
    bound.whole_cpu_ms = std::min(bound.whole_cpu_ms, CpuMilliseconds() - cpu_start);
    bound.whole_ms = std::min(bound.whole_ms, absl::ToDoubleMilliseconds(absl::Now() - start));
  }
  return absl::OkStatus();
}

// The least times of siblings, over all plans: of each by itself, and of all as one step.
struct SiblingTimes {
  absl::flat_hash_map<std::string, double> apart;  // by the step's name
  double merged = kNever;

  double ApartSum() const {
    return std::accumulate(apart.begin(), apart.end(), 0.0,
                           [](double sum, const auto& member) { return sum + member.second; });
  }
};

// By the name of the step that siblings are together.
absl::flat_hash_map<std::string, SiblingTimes> TimesOfSiblings(const std::vector<Candidate>& candidates) {
  absl::flat_hash_map<std::string, SiblingTimes> groups;
  for (const Candidate& candidate : candidates) {
    for (size_t i = 0; i < candidate.step_ms.size(); ++i) {
      const Step& step = candidate.plan->steps[i];
      if (step.siblings.name.empty()) continue;
      SiblingTimes& times = groups[step.siblings.name];
      double& least =
          step.name == step.siblings.name ? times.merged : times.apart.try_emplace(step.name, kNever).first->second;
      least = std::min(least, candidate.step_ms[i]);
    }
  }
  return groups;
}

// Where siblings would be faster the other way, together or apart, each of their steps has its share of that.
void CompareSiblings(const std::vector<Candidate>& candidates, std::vector<StepBound>& steps) {
  const auto groups = TimesOfSiblings(candidates);
  const std::vector<Step>& served = candidates.front().plan->steps;
  for (size_t i = 0; i < steps.size(); ++i) {
    const auto group = groups.find(served[i].siblings.name);
    if (group == groups.end() || group->second.apart.empty()) continue;
    const double apart = group->second.ApartSum();
    if (served[i].name == group->first) {
      if (apart >= steps[i].fastest_ms) continue;
      steps[i].fastest_ms = apart;
      steps[i].fastest = "apart";
    } else if (group->second.merged < apart) {
      steps[i].fastest_ms *= group->second.merged / apart;
      steps[i].fastest = NameOf(kMergedVariant);
    }
  }
}

// Steps that have the same kernel in several plans take their least time from all of them.
std::vector<StepBound> CompareSteps(const std::vector<Candidate>& candidates) {
  const Candidate& served = candidates.front();
  absl::flat_hash_map<std::string, size_t> at;
  std::vector<StepBound> steps;
  const std::vector<std::string> keys = KeysOf(*served.plan);
  for (size_t i = 0; i < keys.size(); ++i) {
    const Step& step = served.plan->steps[i];
    const std::string kernel = step.conv_key.empty() ? "" : NameOf(step.conv_variant);
    steps.push_back({step.name, step.op, step.multiply_adds, served.step_ms[i], served.step_ms[i], kernel, kernel});
    at[keys[i]] = i;
  }
  for (size_t other = 1; other < candidates.size(); ++other) {
    const std::vector<std::string> others = KeysOf(*candidates[other].plan);
    for (size_t i = 0; i < others.size(); ++i) {
      const auto found = at.find(others[i]);
      if (found == at.end()) continue;
      const Step& theirs = candidates[other].plan->steps[i];
      const Step& ours = served.plan->steps[found->second];
      const double ms = candidates[other].step_ms[i];
      StepBound& step = steps[found->second];
      if (theirs.conv_variant == ours.conv_variant) step.served_ms = std::min(step.served_ms, ms);
      if (ms >= step.fastest_ms) continue;
      step.fastest_ms = ms;
      if (!step.kernel.empty()) step.fastest = NameOf(theirs.conv_variant);
    }
  }
  return steps;
}

}  // namespace

double Bound::ServedSum() const {
  return std::accumulate(steps.begin(), steps.end(), 0.0,
                         [](double sum, const StepBound& step) { return sum + step.served_ms; });
}

double Bound::FastestSum() const {
  return std::accumulate(steps.begin(), steps.end(), 0.0,
                         [](double sum, const StepBound& step) { return sum + step.fastest_ms; });
}

absl::StatusOr<Bound> MeasureBound(const Network& network, const std::vector<Network>& variants,
                                   const BoundRuns& runs) {
  std::vector<Candidate> candidates;
  ASSIGN_OR_RETURN(Candidate served, MakeCandidate(network.plan));
  candidates.push_back(std::move(served));
  for (const Network& variant : variants) {
    ASSIGN_OR_RETURN(Candidate candidate, MakeCandidate(variant.plan));
    candidates.push_back(std::move(candidate));
  }
  Bound bound;
  bound.whole_ms = bound.whole_cpu_ms = kNever;
  for (int round = 0; round < runs.rounds; ++round) {
    for (Candidate& candidate : candidates) RETURN_IF_ERROR(Profile(candidate, network.input, runs.runs));
    RETURN_IF_ERROR(TimeWhole(*candidates.front().executor, network.input, runs.runs, bound));
  }
  bound.steps = CompareSteps(candidates);
  CompareSiblings(candidates, bound.steps);
  return bound;
}

}  // namespace onebyone::benchmarks
