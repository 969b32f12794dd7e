#include "engine/runtime/measured_choices.h"

#include <utility>

#include "engine/base/status_macros.h"
#include "engine/runtime/conv_measurement.h"

namespace onebyone {

MeasuredChoices::MeasuredChoices(std::shared_ptr<KernelCache> cache, std::string model_hash)
    : cache_(std::move(cache)), model_hash_(std::move(model_hash)) {}

absl::StatusOr<const ConvChoice*> MeasuredChoices::For(const Graph& graph, int threads, WeightCache& weights) {
  if (cache_ != nullptr && !std::exchange(is_read_, true)) known_ = cache_->Read(model_hash_);
  ConvChoice& known = known_[threads];
  ASSIGN_OR_RETURN(const ConvChoice measured, MeasureConvs(graph, threads, known, weights));
  if (measured.by_key().empty()) return &known;
  known.Add(measured);
  measured_ += static_cast<int64_t>(measured.by_key().size());
  if (cache_ != nullptr) cache_->Add(model_hash_, {{threads, measured}});
  return &known;
}

}  // namespace onebyone
