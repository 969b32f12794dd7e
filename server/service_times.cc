#include "server/service_times.h"

#include <algorithm>

namespace onebyone {
namespace {

// `mean` moved towards `sample`; the first sample is the mean.
absl::Duration Moved(absl::Duration mean, absl::Duration sample, double weight) {
  return mean == absl::ZeroDuration() ? sample : mean + weight * (sample - mean);
}

}  // namespace

ServiceTimes::Prediction ServiceTimes::Predict(absl::string_view kind, int images, int64_t encoded_bytes,
                                               absl::Time now) const {
  const absl::MutexLock lock(&mutex_);
  const auto known = kinds_.find(kind);
  const absl::Duration rest = known == kinds_.end() ? mean_rest_ : known->second.rest;
  Prediction prediction;
  prediction.work = images * rest + absl::Seconds(decode_seconds_per_byte_ * static_cast<double>(encoded_bytes));
  prediction.is_reliable = known != kinds_.end() && now - known->second.measured <= kReliableFor;
  return prediction;
}

void ServiceTimes::Record(absl::string_view kind, const Sample& sample, absl::Time now) {
  const absl::MutexLock lock(&mutex_);
  mean_rest_ = Moved(mean_rest_, sample.rest, kWeight);
  if (sample.encoded_bytes > 0) {
    const double per_byte = absl::ToDoubleSeconds(sample.decode) / static_cast<double>(sample.encoded_bytes);
    double& mean = decode_seconds_per_byte_;
    mean = mean == 0 ? per_byte : mean + kWeight * (per_byte - mean);
  }
  auto known = kinds_.find(kind);
  if (known == kinds_.end()) {
    if (kinds_.size() >= kMostKinds) ForgetOldest();
    known = kinds_.emplace(std::string(kind), Kind{}).first;
  }
  known->second = {Moved(known->second.rest, sample.rest, kWeight), now};
}

void ServiceTimes::ForgetOldest() {
  kinds_.erase(std::min_element(kinds_.begin(), kinds_.end(),
                                [](const auto& a, const auto& b) { return a.second.measured < b.second.measured; }));
}

}  // namespace onebyone
