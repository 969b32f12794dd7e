#include "engine/runtime/sibling_measurement.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/time/time.h"
#include "engine/base/status_macros.h"
#include "engine/runtime/lowering.h"
#include "engine/runtime/plan_race.h"

namespace onebyone {
namespace {

// Twice those of single convolutions: what is to be seen is a few hundredths.
constexpr int kRounds = 12;
// What one step must gain to be taken instead of several: less is noise.
constexpr double kWorthwhile = 0.99;

// Every group of `plan` that `known` does not know, as one.
ConvChoice MergeUnknown(const Plan& plan, const ConvChoice& known) {
  ConvChoice merging;
  for (const Step& step : plan.steps) {
    const std::string& key = step.siblings.key;
    if (!key.empty() && !known.Knows(key)) merging.Set(key, kMergedVariant);
  }
  return merging;
}

absl::btree_map<std::string, absl::Duration> TimesOfGroups(const Contender& contender) {
  absl::btree_map<std::string, absl::Duration> times;
  for (size_t i = 0; i < contender.fastest.size(); ++i) {
    times[contender.plan->steps[i].siblings.key] += contender.fastest[i];
  }
  return times;
}

}  // namespace

absl::StatusOr<ConvChoice> MeasureSiblings(const Graph& graph, Precision precision, int threads,
                                           const ConvChoice& known, WeightCache& weights) {
  LoweringOptions options = {.precision = precision, .choice = &known};
  ASSIGN_OR_RETURN(std::shared_ptr<const Plan> apart, Lower(graph, options, weights));
  ConvChoice measured = MergeUnknown(*apart, known);
  if (measured.by_key().empty()) return measured;
  ConvChoice merging = known;
  merging.Add(measured);
  options.choice = &merging;
  ASSIGN_OR_RETURN(std::shared_ptr<const Plan> merged, Lower(graph, options, weights));

  std::vector<Contender> contenders;
  contenders.push_back(Enter(std::move(apart), threads));
  contenders.push_back(Enter(std::move(merged), threads));
  RETURN_IF_ERROR(RunInTurn(absl::MakeSpan(contenders), kRounds));
  const auto times_apart = TimesOfGroups(contenders.front());
  for (const auto& [key, time] : TimesOfGroups(contenders.back())) {
    if (measured.Knows(key) && time >= times_apart.at(key) * kWorthwhile) measured.Set(key, ConvVariant());
  }
  return measured;
}

}  // namespace onebyone
