#include "engine/runtime/conv_measurement.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "engine/base/status_macros.h"
#include "engine/runtime/executor.h"
#include "engine/runtime/lowering.h"

namespace onebyone {
namespace {

constexpr int kRounds = 7;  // the first warms up

// Convolutions that may be Winograd and are not known, by the name of the value that they produce.
absl::flat_hash_map<std::string, std::string> UnknownCandidates(const Graph& graph, const ConvChoice& choice) {
  absl::flat_hash_map<std::string, std::string> keys;
  for (const NodeId id : graph.NodesOf(OpType::kConv)) {
    const Node& node = graph.node(id);
    ConvSpec spec;
    spec.src = graph.value(node.inputs[0]).shape;
    spec.dst = graph.value(node.outputs[0]).shape;
    if (spec.src.rank() != 4 || spec.src[1] <= 3) continue;
    spec.attributes = std::get<ConvAttributes>(node.attributes);
    if (node.inputs.size() > 2 && node.inputs[2] != kNoValue) spec.bias = graph.value(node.inputs[2]).constant;
    const std::string key = ConvChoice::KeyOf(spec);
    if (ConvChoice::IsCandidate(spec) && !choice.Knows(key)) keys[graph.value(node.outputs[0]).name] = key;
  }
  return keys;
}

using StepTimes = absl::flat_hash_map<std::string, absl::Duration>;

absl::Status RunOnce(Executor& executor, const std::shared_ptr<const Plan>& plan, StepTimes* fastest) {
  RETURN_IF_ERROR(executor.Use(plan));
  std::vector<absl::Duration> durations;
  RETURN_IF_ERROR(executor.RunProfiled(durations));
  if (fastest == nullptr) return absl::OkStatus();
  for (size_t i = 0; i < durations.size(); ++i) {
    if (plan->steps[i].op != NameOf(OpType::kConv)) continue;
    const auto [entry, inserted] = fastest->try_emplace(plan->steps[i].name, durations[i]);
    if (!inserted) entry->second = std::min(entry->second, durations[i]);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ConvChoice> MeasureConvs(const Graph& graph, int threads, const ConvChoice& known,
                                        WeightCache& weights) {
  ConvChoice measured;
  const auto candidates = UnknownCandidates(graph, known);
  if (candidates.empty()) return measured;
  const ConvChoice always = ConvChoice::AlwaysWinograd();
  ASSIGN_OR_RETURN(const std::shared_ptr<const Plan> direct, Lower(graph, {}, weights));
  ASSIGN_OR_RETURN(const std::shared_ptr<const Plan> winograd, Lower(graph, {.choice = &always}, weights));
  const std::unique_ptr<Executor> executor_direct = Executor::Create({.threads = threads});
  const std::unique_ptr<Executor> executor_winograd = Executor::Create({.threads = threads});
  StepTimes direct_times;
  StepTimes winograd_times;
  for (int round = 0; round < kRounds; ++round) {
    RETURN_IF_ERROR(RunOnce(*executor_direct, direct, round == 0 ? nullptr : &direct_times));
    RETURN_IF_ERROR(RunOnce(*executor_winograd, winograd, round == 0 ? nullptr : &winograd_times));
  }
  for (const auto& [name, key] : candidates) measured.Set(key, winograd_times[name] < direct_times[name]);
  return measured;
}

}  // namespace onebyone
