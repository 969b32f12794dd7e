#include "server/feature_plan.h"

#include <algorithm>
#include <utility>

#include "engine/base/status_macros.h"

namespace onebyone {
namespace {

absl::StatusOr<LayerQuery> QueryFor(const FeatureSpec& feature, ReductionCache& reductions) {
  LayerQuery query;
  query.layer = feature.layer->name;
  if (feature.source == FeatureSpec::Source::kWhole) return query;
  query.channels = feature.channels;
  query.reduction = feature.stored;
  if (feature.source == FeatureSpec::Source::kRandom) {
    ASSIGN_OR_RETURN(query.reduction, reductions.RandomProjectionFor(*feature.layer, feature.channels, feature.seed));
  }
  return query;
}

}  // namespace

absl::StatusOr<FeaturePlan> MakeFeaturePlan(const ExtractSpec& spec, int64_t height, int64_t width,
                                            ReductionCache& reductions) {
  PlanQuery query;
  query.height = height;
  query.width = width;
  query.native = spec.fit == InputFit::kNative;
  FeaturePlan feature_plan;
  for (const FeatureSpec& feature : spec.features) {
    ASSIGN_OR_RETURN(LayerQuery wanted, QueryFor(feature, reductions));
    const auto same = std::find_if(query.layers.begin(), query.layers.end(), [&wanted](const LayerQuery& other) {
      if (other.layer != wanted.layer || other.channels != wanted.channels) return false;
      return other.reduction == wanted.reduction || (other.reduction != nullptr && wanted.reduction != nullptr &&
                                                     other.reduction->name == wanted.reduction->name);
    });
    feature_plan.reduction_of_feature.push_back(wanted.reduction == nullptr ? "" : wanted.reduction->name);
    feature_plan.output_of_feature.push_back(static_cast<int>(same - query.layers.begin()));
    if (same == query.layers.end()) query.layers.push_back(std::move(wanted));
  }
  ASSIGN_OR_RETURN(feature_plan.plan, spec.model->compiled->PlanFor(query));
  return feature_plan;
}

}  // namespace onebyone
