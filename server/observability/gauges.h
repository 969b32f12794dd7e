#pragma once

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <string>
#include <vector>

#include "server/cache/answer_store.h"
#include "server/model_registry.h"
#include "server/observability/access_log.h"
#include "server/scheduler.h"

namespace onebyone {

// A family of one gauge without labels, or a start for one with them.
prometheus::MetricFamily GaugeFamily(const std::string& name, const std::string& help);
void AddGauge(prometheus::MetricFamily& family, std::vector<prometheus::ClientMetric::Label> labels, double value);

// The state of queue, lanes, models and response cache, looked at when somebody asks. Thread-safe; must not outlive
// what it looks at.
class Gauges final : public prometheus::Collectable {
 public:
  // `access_log` and `answers`, those of the response cache, may be null.
  Gauges(Scheduler& scheduler, const ModelRegistry& models, const AccessLog* access_log, const AnswerStore* answers)
      : scheduler_(scheduler), models_(models), access_log_(access_log), answers_(answers) {}

  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  Scheduler& scheduler_;
  const ModelRegistry& models_;
  const AccessLog* const access_log_;
  const AnswerStore* const answers_;
};

}  // namespace onebyone
