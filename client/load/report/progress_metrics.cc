#include "client/load/report/progress_metrics.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <limits>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

namespace onebyone {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

// Families of one run.
class Families {
 public:
  explicit Families(const std::map<std::string, std::string>& labels) {
    for (const auto& [name, value] : labels) labels_.push_back({name, value});
  }

  MetricFamily& Add(absl::string_view name, absl::string_view help, MetricType type) {
    MetricFamily& family = families_.emplace_back();
    family.name = absl::StrCat("onebyone_load_", name);
    family.help = std::string(help);
    family.type = type;
    return family;
  }

  ClientMetric& Metric(MetricFamily& family) const {
    ClientMetric& metric = family.metric.emplace_back();
    metric.label = labels_;
    return metric;
  }

  void Counter(absl::string_view name, absl::string_view help, int64_t value) {
    Metric(Add(name, help, MetricType::Counter)).counter.value = static_cast<double>(value);
  }
  void Gauge(absl::string_view name, absl::string_view help, double value) {
    Metric(Add(name, help, MetricType::Gauge)).gauge.value = value;
  }
  void LabelledCounter(MetricFamily& family, const std::string& label, const std::string& of, int64_t value) const {
    ClientMetric& metric = Metric(family);
    metric.label.push_back({label, of});
    metric.counter.value = static_cast<double>(value);
  }

  std::string ToText() const { return prometheus::TextSerializer().Serialize(families_); }

 private:
  std::vector<ClientMetric::Label> labels_;
  std::vector<MetricFamily> families_;
};

void AddLatency(const LoadProgress& progress, Families& families) {
  MetricFamily& family =
      families.Add("latency_seconds", "Of answers that were OK, from the moment they were due", MetricType::Histogram);
  auto& histogram = families.Metric(family).histogram;
  for (size_t i = 0; i < progress.latency_counts.size(); ++i) {
    auto& bucket = histogram.bucket.emplace_back();
    bucket.upper_bound =
        i < std::size(kLatencyBoundsMs) ? kLatencyBoundsMs[i] / 1000 : std::numeric_limits<double>::infinity();
    bucket.cumulative_count = static_cast<uint64_t>(progress.latency_counts[i]);
  }
  if (!progress.latency_counts.empty()) {
    histogram.sample_count = static_cast<uint64_t>(progress.latency_counts.back());
  }
  histogram.sample_sum = progress.latency_sum_ms / 1000;
}

}  // namespace

std::string ProgressMetrics(const LoadProgress& progress, const std::map<std::string, std::string>& labels) {
  Families families(labels);
  families.Counter("requests_total", "Requests sent", progress.sent);
  families.Counter("never_sent_total", "Requests that were due while too many were in the air", progress.never_sent);
  families.Counter("late_total", "Requests sent later than they were due", progress.late);
  MetricFamily& answers = families.Add("answers_total", "Answers by gRPC code", MetricType::Counter);
  for (const auto& [code, count] : progress.codes) families.LabelledCounter(answers, "code", code, count);
  AddLatency(progress, families);
  MetricFamily& bytes = families.Add("bytes_total", "Messages, before gRPC's framing", MetricType::Counter);
  families.LabelledCounter(bytes, "direction", "out", progress.bytes_out);
  families.LabelledCounter(bytes, "direction", "in", progress.bytes_in);
  families.Gauge("in_flight", "Requests in the air", static_cast<double>(progress.in_flight));
  families.Gauge("elapsed_seconds", "Since the run began", progress.elapsed_ms / 1000);
  families.Gauge("client_cpu_share", "Of all CPUs usable by the client", progress.client_cpu_share);
  return families.ToText();
}

}  // namespace onebyone
