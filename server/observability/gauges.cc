#include "server/observability/gauges.h"

#include <map>
#include <memory>
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

prometheus::MetricFamily ByModel(const std::string& name, const std::string& help,
                                 const std::map<std::string, bool>& models) {
  prometheus::MetricFamily family = GaugeFamily(name, help);
  for (const auto& [model, is_so] : models) AddGauge(family, {{"model", model}}, is_so ? 1 : 0);
  return family;
}

prometheus::MetricFamily SingleCounter(const std::string& name, const std::string& help, int64_t value) {
  prometheus::MetricFamily family = GaugeFamily(name, help);
  family.type = prometheus::MetricType::Counter;
  family.metric.emplace_back().counter.value = static_cast<double>(value);
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

  const std::shared_ptr<const ModelSet> models = models_.models();
  prometheus::MetricFamily info = GaugeFamily("onebyone_model_info", "1; the labels tell which model serves");
  std::map<std::string, bool> ready;   // by name: a version of it serves
  std::map<std::string, bool> failed;  // by name: what lies on disk could not be loaded, even if its last state serves
  for (const ModelEntry& entry : models->entries) {
    ready[entry.name] |= entry.model != nullptr;
    failed[entry.name] |= !entry.status.ok();
    if (entry.model == nullptr) continue;
    AddGauge(info,
             {{"model", entry.name},
              {"version", absl::StrCat(entry.version())},
              {"precision", std::string(NameOf(entry.model->compiled->precision()))},
              {"sha256", entry.model->bundle.sha256}},
             1);
  }
  const AnswerStore::State answers = answers_ == nullptr ? AnswerStore::State{} : answers_->state();
  return {
      std::move(queue),
      Single("onebyone_lanes", "Worker threads", scheduler_.lanes()),
      Single("onebyone_lanes_busy", "Worker threads that work on an image",
             static_cast<double>(admission.images_in_work())),
      Single("onebyone_predicted_wait_seconds", "Until an image of a new client would begin",
             absl::ToDoubleSeconds(admission.predicted_wait())),
      Single("onebyone_queued_bytes", "Encoded images and answers of all accepted requests",
             static_cast<double>(admission.bytes())),
      Single("onebyone_requests_in_work", "Requests accepted and not answered",
             static_cast<double>(admission.requests())),
      ByModel("onebyone_model_ready", "1 where a version of the model serves", ready),
      ByModel("onebyone_model_failed", "1 where a bundle on disk could not be loaded; its last state may serve",
              failed),
      std::move(info),
      SingleCounter("onebyone_access_log_lines_lost_total", "Lines that were too many for the disk",
                    access_log_ == nullptr ? 0 : access_log_->lost()),
      Single("onebyone_response_cache_bytes", "Memory of the answers that are kept",
             static_cast<double>(answers.bytes)),
      Single("onebyone_response_cache_entries", "Answers that are kept", static_cast<double>(answers.entries)),
      SingleCounter("onebyone_response_cache_evictions_total", "Answers that made room for others", answers.evictions),
      Build()};
}

}  // namespace onebyone
