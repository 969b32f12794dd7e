#include "engine/runtime/conv_measurement.h"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/time/time.h"
#include "engine/base/status_macros.h"
#include "engine/runtime/executor.h"
#include "engine/runtime/lowering.h"

namespace onebyone {
namespace {

constexpr int kRounds = 7;  // the first warms up
// What another kernel must gain to be taken instead of the ordinary one: less is noise.
constexpr double kWorthwhile = 0.99;

// A network all of whose convolutions run as one variant, where they can.
struct Contender {
  ConvVariant variant;
  std::shared_ptr<const Plan> plan;
  std::unique_ptr<Executor> executor;
  std::vector<absl::Duration> fastest;  // of each step
};

bool IsUnknown(const Step& step, const ConvChoice& known) {
  return !step.conv_key.empty() && !known.Knows(step.conv_key);
}

absl::StatusOr<Contender> Enter(const Graph& graph, const LoweringOptions& options, const ConvVariant& variant,
                                int threads, WeightCache& weights) {
  Contender contender = {.variant = variant, .plan = nullptr, .executor = nullptr, .fastest = {}};
  ASSIGN_OR_RETURN(contender.plan, Lower(graph, options, weights));
  contender.executor = Executor::Create({.threads = threads});
  contender.fastest.assign(contender.plan->steps.size(), absl::InfiniteDuration());
  return contender;
}

// The ordinary variant, and those that some unknown convolution has.
absl::StatusOr<std::vector<Contender>> Contenders(const Graph& graph, Precision precision, int threads,
                                                  const ConvChoice& known, WeightCache& weights) {
  std::vector<Contender> contenders;
  for (const ConvVariant& variant : kConvVariants) {
    const ConvChoice always = ConvChoice::Always(variant);
    const LoweringOptions options = {.precision = precision, .choice = &always};
    ASSIGN_OR_RETURN(Contender contender, Enter(graph, options, variant, threads, weights));
    const auto& steps = contender.plan->steps;
    const bool matters = std::any_of(steps.begin(), steps.end(), [&](const Step& step) {
      return IsUnknown(step, known) && step.conv_variant == variant;
    });
    if (matters) contenders.push_back(std::move(contender));
  }
  return contenders;
}

absl::Status RunOnce(Contender& contender) {
  RETURN_IF_ERROR(contender.executor->Use(contender.plan));
  std::vector<absl::Duration> durations;
  RETURN_IF_ERROR(contender.executor->RunProfiled(durations));
  for (size_t i = 0; i < durations.size(); ++i) {
    contender.fastest[i] = std::min(contender.fastest[i], durations[i]);
  }
  return absl::OkStatus();
}

// Time of all steps with the same key, by the name of the variant that they ran as.
using TimesOfKeys = absl::btree_map<std::string, std::vector<absl::Duration>>;

TimesOfKeys AddUp(const std::vector<Contender>& contenders, const ConvChoice& known) {
  TimesOfKeys times;
  for (size_t which = 0; which < contenders.size(); ++which) {
    const Contender& contender = contenders[which];
    absl::btree_map<std::string, absl::Duration> sums;
    for (size_t i = 0; i < contender.fastest.size(); ++i) {
      const Step& step = contender.plan->steps[i];
      if (IsUnknown(step, known) && step.conv_variant == contender.variant) sums[step.conv_key] += contender.fastest[i];
    }
    for (const auto& [key, sum] : sums) {
      times.try_emplace(key, contenders.size(), absl::InfiniteDuration()).first->second[which] = sum;
    }
  }
  return times;
}

}  // namespace

absl::StatusOr<ConvChoice> MeasureConvs(const Graph& graph, Precision precision, int threads, const ConvChoice& known,
                                        WeightCache& weights) {
  ConvChoice measured;
  ASSIGN_OR_RETURN(std::vector<Contender> contenders, Contenders(graph, precision, threads, known, weights));
  for (int round = 0; round < kRounds && contenders.size() > 1; ++round) {
    for (Contender& contender : contenders) {
      RETURN_IF_ERROR(RunOnce(contender));
      if (round == 0) contender.fastest.assign(contender.fastest.size(), absl::InfiniteDuration());
    }
  }
  for (const auto& [key, times] : AddUp(contenders, known)) {
    const auto fastest = std::min_element(times.begin(), times.end());
    const bool worthwhile = *fastest < times.front() * kWorthwhile;
    measured.Set(key, worthwhile ? contenders[fastest - times.begin()].variant : contenders.front().variant);
  }
  return measured;
}

}  // namespace onebyone
