#include "engine/runtime/measured_choices.h"

#include <algorithm>
#include <utility>

#include "engine/base/status_macros.h"
#include "engine/runtime/conv_measurement.h"
#include "engine/runtime/lowering.h"
#include "engine/runtime/sibling_measurement.h"

namespace onebyone {
namespace {

bool KnowsAll(const ConvChoice& choice, const Plan& plan) {
  const auto knows = [&](const std::string& key) { return key.empty() || choice.Knows(key); };
  return std::all_of(plan.steps.begin(), plan.steps.end(),
                     [&](const Step& step) { return knows(step.conv_key) && knows(step.siblings.key); });
}

}  // namespace

MeasuredChoices::MeasuredChoices(std::shared_ptr<KernelCache> cache, std::string model_hash)
    : cache_(std::move(cache)), model_hash_(std::move(model_hash)) {}

absl::StatusOr<std::shared_ptr<Plan>> MeasuredChoices::LowerFastest(const Graph& graph, Precision precision,
                                                                    int threads, WeightCache& weights) {
  if (cache_ != nullptr && !std::exchange(is_read_, true)) known_ = cache_->Read(model_hash_);
  ConvChoice& known = known_[threads];
  const LoweringOptions options = {.precision = precision, .choice = &known};
  ASSIGN_OR_RETURN(std::shared_ptr<Plan> plan, Lower(graph, options, weights));
  if (KnowsAll(known, *plan)) return plan;
  ASSIGN_OR_RETURN(ConvChoice measured, MeasureConvs(graph, precision, threads, known, weights));
  known.Add(measured);
  ASSIGN_OR_RETURN(const ConvChoice siblings, MeasureSiblings(graph, precision, threads, known, weights));
  known.Add(siblings);
  measured.Add(siblings);
  measured_ += static_cast<int64_t>(measured.by_key().size());
  if (cache_ != nullptr) cache_->Add(model_hash_, {{threads, measured}});
  return Lower(graph, options, weights);
}

}  // namespace onebyone
