#include "client/top/server_load.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <tuple>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"

namespace onebyone {
namespace {

using Filter = std::function<bool(const MetricLabels&)>;

std::string Label(const MetricLabels& labels, const std::string& name) {
  const auto found = labels.find(name);
  return found == labels.end() ? "" : found->second;
}

// Two looks at the same server.
class Change {
 public:
  Change(const std::vector<MetricSample>& before, const std::vector<MetricSample>& after, double seconds)
      : after_(after), seconds_(seconds) {
    for (const MetricSample& sample : before) before_[{sample.name, sample.labels}] = sample.value;
  }

  // Calls `see` with the labels and the rate of each series of counter `name`.
  void ForEachRate(const std::string& name, const std::function<void(const MetricLabels&, double)>& see) const {
    for (const MetricSample& sample : after_) {
      if (sample.name == name) see(sample.labels, Rate(sample));
    }
  }

  double Rate(const std::string& name, const Filter& filter = nullptr) const {
    double sum = 0;
    ForEachRate(name, [&](const MetricLabels& labels, double rate) {
      if (!filter || filter(labels)) sum += rate;
    });
    return sum;
  }

  // Sum of a gauge over its series.
  double Now(const std::string& name) const {
    double sum = 0;
    for (const MetricSample& sample : after_) sum += sample.name == name ? sample.value : 0;
    return sum;
  }

  const std::vector<MetricSample>& after() const { return after_; }

  // Of histogram `name`, over the series that `filter` lets through.
  Latency LatencyOf(const std::string& name, const Filter& filter) const {
    std::map<double, double> cumulative;  // by upper bound, a second
    ForEachRate(name + "_bucket", [&](const MetricLabels& labels, double rate) {
      double bound = std::numeric_limits<double>::infinity();
      if (filter(labels) && absl::SimpleAtod(Label(labels, "le"), &bound)) cumulative[bound] += rate;
    });
    if (cumulative.empty()) return {};
    return {cumulative.rbegin()->second, Quantile(cumulative, 0.5), Quantile(cumulative, 0.99)};
  }

 private:
  double Rate(const MetricSample& sample) const {
    const auto found = before_.find({sample.name, sample.labels});
    const double start = found == before_.end() || found->second > sample.value ? 0 : found->second;
    return (sample.value - start) / seconds_;
  }

  static double Quantile(const std::map<double, double>& cumulative, double share) {
    const double wanted = share * cumulative.rbegin()->second;
    if (wanted <= 0) return 0;
    double lower = 0;
    double below = 0;
    for (const auto& [bound, count] : cumulative) {
      if (count >= wanted) {
        if (bound == std::numeric_limits<double>::infinity()) return lower;  // more than that is not known
        return lower + (bound - lower) * (wanted - below) / (count - below);
      }
      lower = bound;
      below = count;
    }
    return lower;
  }

  std::map<std::pair<std::string, MetricLabels>, double> before_;
  const std::vector<MetricSample>& after_;
  const double seconds_;
};

// Calls that probes and tools make, not those that are served for.
bool IsService(const MetricLabels& labels) { return !absl::StartsWith(Label(labels, "grpc_service"), "grpc."); }
bool IsFailed(const MetricLabels& labels) { return IsService(labels) && Label(labels, "grpc_code") != "OK"; }
bool IsFailedImage(const MetricLabels& labels) { return Label(labels, "result") != "ok"; }

void ReadModels(const Change& change, ServerLoad& load) {
  for (const MetricSample& sample : change.after()) {
    if (sample.name == "onebyone_model_ready") load.models[Label(sample.labels, "model")].ready = sample.value != 0;
    if (sample.name != "onebyone_model_info") continue;
    ModelLoad& model = load.models[Label(sample.labels, "model")];
    if (!model.version.empty()) continue;  // the highest comes first
    model.version = Label(sample.labels, "version");
    model.precision = Label(sample.labels, "precision");
  }
  change.ForEachRate("onebyone_images_total", [&load](const MetricLabels& labels, double rate) {
    ModelLoad& model = load.models[Label(labels, "model")];
    (IsFailedImage(labels) ? model.failed_per_second : model.images_per_second) += rate;
  });
  for (auto& [name, model] : load.models) {
    model.network = change.LatencyOf("onebyone_stage_seconds", [&wanted = name](const MetricLabels& labels) {
      return Label(labels, "model") == wanted && Label(labels, "stage") == "network";
    });
  }
}

}  // namespace

double ServerLoad::RefusalsPerSecond() const {
  double sum = 0;
  for (const auto& [reason, rate] : refusals_per_second) sum += rate;
  return sum;
}

ServerLoad Compare(const std::vector<MetricSample>& before, const std::vector<MetricSample>& after, double seconds,
                   absl::Time now) {
  const Change change(before, after, seconds);
  ServerLoad load;
  for (const MetricSample& sample : after) {
    if (sample.name != "onebyone_build_info") continue;
    load.version = Label(sample.labels, "version");
    load.isa = Label(sample.labels, "isa");
  }
  load.uptime = now - absl::UnixEpoch() - absl::Seconds(change.Now("process_start_time_seconds"));
  load.requests_per_second = change.Rate("grpc_server_handled_total", IsService);
  load.failed_per_second = change.Rate("grpc_server_handled_total", IsFailed);
  load.request = change.LatencyOf("grpc_server_handling_seconds", IsService);
  change.ForEachRate("onebyone_requests_refused_total", [&load](const MetricLabels& labels, double rate) {
    load.refusals_per_second[Label(labels, "reason")] += rate;
  });
  load.failed_images_per_second = change.Rate("onebyone_images_total", IsFailedImage);
  load.images_per_second = change.Rate("onebyone_images_total") - load.failed_images_per_second;
  for (const char* stage : {"queue", "decode", "preprocess", "network", "reduce", "encode"}) {
    load.stages.emplace_back(stage, change.LatencyOf("onebyone_stage_seconds", [stage](const MetricLabels& labels) {
      return Label(labels, "stage") == stage;
    }));
  }
  ReadModels(change, load);
  load.queue = change.Now("onebyone_queue_length");
  load.lanes = change.Now("onebyone_lanes");
  load.lanes_busy = change.Now("onebyone_lanes_busy");
  load.requests_in_work = change.Now("onebyone_requests_in_work");
  load.queued_bytes = change.Now("onebyone_queued_bytes");
  load.resident_bytes = change.Now("process_resident_memory_bytes");
  load.processors = change.Rate("process_cpu_seconds_total");
  load.wasted = change.Rate("onebyone_wasted_seconds_total");
  return load;
}

}  // namespace onebyone
