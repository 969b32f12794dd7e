#include "server/observability/gauges.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "server/observability/build_information.h"

namespace onebyone {
namespace {

prometheus::MetricFamily Single(const std::string& name, const std::string& help, double value) {
  prometheus::MetricFamily family = GaugeFamily(name, help);
  AddGauge(family, {}, value);
  return family;
}

prometheus::MetricFamily LostLines(const AccessLog* log) {
  prometheus::MetricFamily family =
      GaugeFamily("onebyone_access_log_lines_lost_total", "Lines that were too many for the disk");
  family.type = prometheus::MetricType::Counter;
  family.metric.emplace_back().counter.value = log == nullptr ? 0 : static_cast<double>(log->lost());
  return family;
}

prometheus::MetricFamily Build() {
  const BuildInformation& build = ThisBuild();
  prometheus::MetricFamily family = GaugeFamily("onebyone_build_info", "1; the labels tell what was built");
  AddGauge(family,
           {{"version", build.version},
            {"commit", build.commit},
            {"grpc", build.grpc},
            {"onednn", build.onednn},
            {"isa", build.isa}},
           1);
  return family;
}

}  // namespace

prometheus::MetricFamily GaugeFamily(const std::string& name, const std::string& help) {
  prometheus::MetricFamily family;
  family.name = name;
  family.help = help;
  family.type = prometheus::MetricType::Gauge;
  return family;
}

void AddGauge(prometheus::MetricFamily& family, std::vector<prometheus::ClientMetric::Label> labels, double value) {
  prometheus::ClientMetric metric;
  metric.label = std::move(labels);
  metric.gauge.value = value;
  family.metric.push_back(std::move(metric));
}

std::vector<prometheus::MetricFamily> Gauges::Collect() const {
  const Admission& admission = scheduler_.admission();
  prometheus::MetricFamily queue = GaugeFamily("onebyone_queue_length", "Images that wait for a lane");
  AddGauge(queue, {{"priority", "interactive"}}, static_cast<double>(admission.waiting_images(Priority::kInteractive)));
  AddGauge(queue, {{"priority", "bulk"}}, static_cast<double>(admission.waiting_images(Priority::kBulk)));

  prometheus::MetricFamily ready = GaugeFamily("onebyone_model_ready", "1 where the model serves, 0 where it does not");
  prometheus::MetricFamily info = GaugeFamily("onebyone_model_info", "1; the labels tell which model serves");
  for (const ModelEntry& entry : models_.entries()) {
    AddGauge(ready, {{"model", entry.name}}, entry.model == nullptr ? 0 : 1);
    if (entry.model == nullptr) continue;
    AddGauge(info,
             {{"model", entry.name},
              {"version", absl::StrCat(entry.version())},
              {"precision", std::string(NameOf(entry.model->compiled->precision()))},
              {"sha256", entry.model->bundle.sha256}},
             1);
  }
  return {std::move(queue),
          Single("onebyone_lanes", "Worker threads", scheduler_.lanes()),
          Single("onebyone_lanes_busy", "Worker threads that work on an image", scheduler_.busy_lanes()),
          Single("onebyone_queued_bytes", "Encoded images and answers of all accepted requests",
                 static_cast<double>(admission.bytes())),
          Single("onebyone_requests_in_work", "Requests accepted and not answered",
                 static_cast<double>(admission.requests())),
          std::move(ready),
          std::move(info),
          LostLines(access_log_),
          Build()};
}

}  // namespace onebyone
