#include "engine/runtime/conv_measurement.h"

#include <algorithm>
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

constexpr int kRounds = 6;
// What another kernel must gain to be taken instead of the ordinary one: less is noise.
constexpr double kWorthwhile = 0.99;

// Networks all of whose convolutions run as one variant, where they can.
struct Contenders {
  std::vector<ConvVariant> variants;
  std::vector<Contender> plans;  // of each variant
};

bool IsUnknown(const Step& step, const ConvChoice& known) {
  return !step.conv_key.empty() && !known.Knows(step.conv_key);
}

// The ordinary variant, and those that some unknown convolution has.
absl::StatusOr<Contenders> EnterAll(const Graph& graph, Precision precision, int threads, const ConvChoice& known,
                                    WeightCache& weights) {
  Contenders contenders;
  for (const ConvVariant& variant : kConvVariants) {
    const ConvChoice always = ConvChoice::Always(variant);
    const LoweringOptions options = {.precision = precision, .choice = &always};
    ASSIGN_OR_RETURN(std::shared_ptr<const Plan> plan, Lower(graph, options, weights));
    const bool matters = std::any_of(plan->steps.begin(), plan->steps.end(), [&](const Step& step) {
      return IsUnknown(step, known) && step.conv_variant == variant;
    });
    if (!matters) continue;
    contenders.variants.push_back(variant);
    contenders.plans.push_back(Enter(std::move(plan), threads));
  }
  return contenders;
}

// Time of all steps with the same key, by the name of the variant that they ran as.
using TimesOfKeys = absl::btree_map<std::string, std::vector<absl::Duration>>;

TimesOfKeys AddUp(const Contenders& contenders, const ConvChoice& known) {
  TimesOfKeys times;
  for (size_t which = 0; which < contenders.plans.size(); ++which) {
    const Contender& contender = contenders.plans[which];
    const ConvVariant& variant = contenders.variants[which];
    absl::btree_map<std::string, absl::Duration> sums;
    for (size_t i = 0; i < contender.fastest.size(); ++i) {
      const Step& step = contender.plan->steps[i];
      if (IsUnknown(step, known) && step.conv_variant == variant) sums[step.conv_key] += contender.fastest[i];
    }
    for (const auto& [key, sum] : sums) {
      times.try_emplace(key, contenders.plans.size(), absl::InfiniteDuration()).first->second[which] = sum;
    }
  }
  return times;
}

}  // namespace

absl::StatusOr<ConvChoice> MeasureConvs(const Graph& graph, Precision precision, int threads, const ConvChoice& known,
                                        WeightCache& weights) {
  ConvChoice measured;
  ASSIGN_OR_RETURN(Contenders contenders, EnterAll(graph, precision, threads, known, weights));
  if (contenders.plans.size() > 1) RETURN_IF_ERROR(RunInTurn(absl::MakeSpan(contenders.plans), kRounds));
  for (const auto& [key, times] : AddUp(contenders, known)) {
    const auto fastest = std::min_element(times.begin(), times.end());
    const bool worthwhile = *fastest < times.front() * kWorthwhile;
    measured.Set(key, worthwhile ? contenders.variants[fastest - times.begin()] : contenders.variants.front());
  }
  return measured;
}

}  // namespace onebyone
