#include "tests/benchmarks/bound_measurement.h"

#include <algorithm>
#include <cstring>
#include <ctime>
#include <limits>
#include <memory>
#include <numeric>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "engine/base/status_macros.h"
#include "engine/graph/cost.h"
#include "engine/kernels/onednn/threads.h"
#include "engine/runtime/conv_choice.h"
#include "engine/runtime/executor.h"
#include "engine/runtime/lowering.h"
#include "engine/workbench/latency.h"
#include "tests/benchmarks/optimised_network.h"

namespace onebyone::benchmarks {
namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();

// A plan on an executor of its own, and the least times of its steps.
struct Candidate {
  std::string name;
  std::shared_ptr<const Plan> plan;
  std::unique_ptr<Executor> executor;
  std::vector<double> step_ms;
};

absl::StatusOr<Candidate> MakeCandidate(std::string name, std::shared_ptr<const Plan> plan) {
  Candidate candidate;
  candidate.name = std::move(name);
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

absl::flat_hash_map<std::string, int64_t> MultiplyAddsOf(const Graph& graph) {
  absl::flat_hash_map<std::string, int64_t> found;
  for (const NodeId id : graph.NodeIds()) {
    found[graph.value(graph.node(id).outputs.front()).name] = MultiplyAdds(graph, id);
  }
  return found;
}

// Convolutions that have a direct and a Winograd kernel, by the name of the value that they produce.
absl::StatusOr<absl::flat_hash_set<std::string>> ConvsWithAChoice(const Graph& graph, WeightCache& weights) {
  absl::flat_hash_set<std::string> names;
  for (const NodeId id : graph.NodesOf(OpType::kConv)) {
    const Node& node = graph.node(id);
    ConvSpec spec;
    spec.src = graph.value(node.inputs[0]).shape;
    spec.dst = graph.value(node.outputs[0]).shape;
    spec.attributes = std::get<ConvAttributes>(node.attributes);
    spec.weights = graph.value(node.inputs[1]).constant;
    spec.algorithm = ConvSpec::Algorithm::kWinograd;
    if (spec.weights == nullptr || spec.src.rank() != 4 || !ConvChoice::IsCandidate(spec)) continue;
    const absl::Status made = MakeConv(spec, weights).status();
    if (absl::IsUnimplemented(made)) continue;
    RETURN_IF_ERROR(made);
    names.insert(graph.value(node.outputs[0]).name);
  }
  return names;
}

// Steps of the served plan that have the same kernel in all plans take their least time from all of them.
std::vector<StepBound> CompareSteps(const std::vector<Candidate>& candidates, const Graph& graph,
                                    const absl::flat_hash_set<std::string>& with_a_choice) {
  const Candidate& served = candidates.front();
  const absl::flat_hash_map<std::string, int64_t> multiply_adds = MultiplyAddsOf(graph);
  absl::flat_hash_map<std::string, size_t> at;
  std::vector<StepBound> steps;
  const std::vector<std::string> keys = KeysOf(*served.plan);
  for (size_t i = 0; i < keys.size(); ++i) {
    const Step& step = served.plan->steps[i];
    const auto found = multiply_adds.find(step.name);
    const bool computes = step.op != "Reorder" && found != multiply_adds.end();
    steps.push_back({step.name, step.op, computes ? found->second : 0, served.step_ms[i], served.step_ms[i], ""});
    if (with_a_choice.contains(step.name) && step.op == NameOf(OpType::kConv)) steps.back().fastest = served.name;
    at[keys[i]] = i;
  }
  for (size_t other = 1; other < candidates.size(); ++other) {
    const std::vector<std::string> others = KeysOf(*candidates[other].plan);
    for (size_t i = 0; i < others.size(); ++i) {
      const auto found = at.find(others[i]);
      if (found == at.end()) continue;
      StepBound& step = steps[found->second];
      if (candidates[other].step_ms[i] >= step.fastest_ms) continue;
      step.fastest_ms = candidates[other].step_ms[i];
      if (step.fastest.empty()) step.served_ms = step.fastest_ms;
      if (!step.fastest.empty()) step.fastest = candidates[other].name;
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

absl::StatusOr<Bound> MeasureBound(const Network& network, const BoundRuns& runs) {
  ASSIGN_OR_RETURN(const Graph graph, OptimisedNetwork(network.model->bundle, network.layers));
  std::vector<Candidate> candidates;
  const auto add = [&](std::string name, std::shared_ptr<const Plan> plan) -> absl::Status {
    ASSIGN_OR_RETURN(Candidate candidate, MakeCandidate(std::move(name), std::move(plan)));
    candidates.push_back(std::move(candidate));
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(add("served", network.plan));
  WeightCache weights;
  absl::flat_hash_set<std::string> with_a_choice;
  if (network.model->compiled->precision() == Precision::kFloat32) {
    const ScopedThreads one(1);  // as the served plan was made
    const ConvChoice always = ConvChoice::AlwaysWinograd();
    ASSIGN_OR_RETURN(with_a_choice, ConvsWithAChoice(graph, weights));
    ASSIGN_OR_RETURN(const std::shared_ptr<const Plan> direct, Lower(graph, {}, weights));
    ASSIGN_OR_RETURN(const std::shared_ptr<const Plan> winograd, Lower(graph, {.choice = &always}, weights));
    RETURN_IF_ERROR(add("direct", direct));
    RETURN_IF_ERROR(add("winograd", winograd));
  }
  Bound bound;
  bound.whole_ms = bound.whole_cpu_ms = kNever;
  for (int round = 0; round < runs.rounds; ++round) {
    for (Candidate& candidate : candidates) RETURN_IF_ERROR(Profile(candidate, network.input, runs.runs));
    RETURN_IF_ERROR(TimeWhole(*candidates.front().executor, network.input, runs.runs, bound));
  }
  bound.steps = CompareSteps(candidates, graph, with_a_choice);
  return bound;
}

}  // namespace onebyone::benchmarks
