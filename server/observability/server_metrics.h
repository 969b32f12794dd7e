#pragma once

#include <prometheus/counter.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <array>
#include <memory>

#include "server/observability/call_metrics.h"
#include "server/observability/model_metrics.h"
#include "server/observability/refusal.h"

namespace onebyone {

// Every metric that is counted as things happen; server/README.md lists them. What is only looked at when somebody asks
// (queue, lanes, memory) is in gauges.h. Thread-safe.
class ServerMetrics {
 public:
  ServerMetrics();

  CallMetrics& calls() { return calls_; }
  ModelMetricFamilies& models() { return models_; }
  prometheus::Histogram& image_bytes() { return image_bytes_; }
  // Of lanes, for requests whose caller had gone or whose time was over.
  prometheus::Counter& wasted_seconds() { return wasted_seconds_; }
  // Of a lane, in seconds, after that.
  prometheus::Histogram& late_work() { return late_work_; }
  void CountRefusal(Refusal refusal) { refused_[static_cast<size_t>(refusal)]->Increment(); }

  const std::shared_ptr<prometheus::Registry>& registry() const { return registry_; }

 private:
  const std::shared_ptr<prometheus::Registry> registry_;
  CallMetrics calls_;
  ModelMetricFamilies models_;
  prometheus::Histogram& image_bytes_;
  prometheus::Counter& wasted_seconds_;
  prometheus::Histogram& late_work_;
  std::array<prometheus::Counter*, kRefusals.size()> refused_{};
};

}  // namespace onebyone
