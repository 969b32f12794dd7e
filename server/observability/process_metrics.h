#pragma once

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace onebyone {

// process_*, by the names of Prometheus' own client libraries; read from /proc and getrusage when somebody asks. What
// cannot be read is left out.
class ProcessMetrics final : public prometheus::Collectable {
 public:
  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  const absl::Time start_ = absl::Now();  // a few milliseconds after the process
};

}  // namespace onebyone
