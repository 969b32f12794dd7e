#include "server/observability/model_metrics.h"

#include "absl/strings/str_cat.h"

namespace onebyone {
namespace {

using prometheus::BuildCounter;
using prometheus::BuildGauge;
using prometheus::BuildHistogram;
using prometheus::Counter;
using prometheus::Family;
using prometheus::Registry;

constexpr std::array kStages = {"queue", "decode", "preprocess", "network", "reduce", "encode"};
constexpr std::array kResults = {"ok", "invalid", "cancelled", "deadline_exceeded", "error"};
constexpr std::array kReasons = {"REJECTED", "CANCELED", "BACKEND", "OTHER"};
constexpr std::array kCacheOutcomes = {"hits", "shared", "misses"};
constexpr std::array kCacheHelps = {"Images answered with a kept answer", "Images answered with that of an equal image",
                                    "Images that the response cache had no answer for"};
constexpr std::array kDurations = {"request", "queue", "compute_input", "compute_infer", "compute_output"};

// From the encoding of a small map to a queue that is full: 20 us to 10 s, three to a decade.
const prometheus::Histogram::BucketBoundaries kStageBuckets = {2e-5, 5e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 1e-2,
                                                               2e-2, 5e-2, 0.1,  0.2,  0.5,  1,    2,    5,    10};

Family<Counter>& CounterFamily(Registry& registry, const std::string& name, const std::string& help) {
  return BuildCounter().Name(name).Help(help).Register(registry);
}

std::array<int64_t, 6> StagesOf(const v1::Timing& timing) {
  return {timing.queue_us(),   timing.decode_us(), timing.preprocess_us(),
          timing.network_us(), timing.reduce_us(), timing.encode_us()};
}

}  // namespace

void ModelMetrics::ObserveStages(const v1::Timing& timing) {
  const std::array<int64_t, 6> stages = StagesOf(timing);
  for (size_t stage = 0; stage < stages.size(); ++stage) {
    if (stages[stage] > 0) stages_[stage]->Observe(static_cast<double>(stages[stage]) * 1e-6);
  }
}

void ModelMetrics::CountSuccess(const v1::Timing& timing, int images) {
  success_->Increment();
  inferences_->Increment(images);
  executions_->Increment(images);  // each image is an execution of its own
  const std::array<int64_t, 5> durations = {timing.total_us(), timing.queue_us(),
                                            timing.decode_us() + timing.preprocess_us(), timing.network_us(),
                                            timing.reduce_us() + timing.encode_us()};
  for (size_t i = 0; i < durations.size(); ++i) durations_[i]->Increment(static_cast<double>(durations[i]));
}

void ModelMetrics::CountCache(const CacheUse& use) {
  const std::array<int64_t, 3> counts = {use.hits, use.shared, use.misses};
  for (size_t i = 0; i < counts.size(); ++i) cache_[i]->Increment(static_cast<double>(counts[i]));
  cache_counts_[0]->Increment(static_cast<double>(use.hits + use.shared));
  cache_counts_[1]->Increment(static_cast<double>(use.misses));
  cache_durations_[0]->Increment(absl::ToDoubleMicroseconds(use.hit_time));
  cache_durations_[1]->Increment(absl::ToDoubleMicroseconds(use.miss_time));
}

ModelMetricFamilies::ModelMetricFamilies(Registry& registry)
    : stages_(BuildHistogram()
                  .Name("onebyone_stage_seconds")
                  .Help("Time that images spent in each stage of their work")
                  .Register(registry)),
      images_(CounterFamily(registry, "onebyone_images_total", "Images of accepted requests, by what became of them")),
      success_(CounterFamily(registry, "nv_inference_request_success", "Requests that were answered")),
      failure_(CounterFamily(registry, "nv_inference_request_failure", "Requests that failed, by reason")),
      inferences_(CounterFamily(registry, "nv_inference_count", "Images that went through the network")),
      executions_(CounterFamily(registry, "nv_inference_exec_count", "Runs of the network")),
      pending_(BuildGauge()
                   .Name("nv_inference_pending_request_count")
                   .Help("Requests accepted and not answered")
                   .Register(registry)) {
  for (size_t i = 0; i < durations_.size(); ++i) {
    durations_[i] = &CounterFamily(registry, absl::StrCat("nv_inference_", kDurations[i], "_duration_us"),
                                   absl::StrCat("Cumulative microseconds of answered requests: ", kDurations[i]));
  }
  for (size_t i = 0; i < cache_.size(); ++i) {
    cache_[i] =
        &CounterFamily(registry, absl::StrCat("onebyone_response_cache_", kCacheOutcomes[i], "_total"), kCacheHelps[i]);
  }
  cache_counts_ = {&CounterFamily(registry, "nv_cache_num_hits_per_model", "Images that the cache answered"),
                   &CounterFamily(registry, "nv_cache_num_misses_per_model", "Images that it had no answer for")};
  cache_durations_ = {&CounterFamily(registry, "nv_cache_hit_duration_per_model",
                                     "Cumulative microseconds that hits took: hash, look-up, copy"),
                      &CounterFamily(registry, "nv_cache_miss_duration_per_model",
                                     "Cumulative microseconds that misses took: hash, look-up, keeping the answer")};
}

ModelMetrics& ModelMetricFamilies::Of(const std::string& name, int64_t version) {
  const absl::MutexLock lock(&mutex_);
  std::unique_ptr<ModelMetrics>& metrics = models_[std::pair(name, version)];
  if (metrics == nullptr) metrics = Make(name, version);
  return *metrics;
}

std::unique_ptr<ModelMetrics> ModelMetricFamilies::Make(const std::string& name, int64_t version) {
  std::unique_ptr<ModelMetrics> made(new ModelMetrics());
  const prometheus::Labels versioned = {{"model", name}, {"version", absl::StrCat(version)}};
  const auto with = [&versioned](const std::string& label, const std::string& value) {
    prometheus::Labels labels = versioned;
    labels.emplace(label, value);
    return labels;
  };
  for (size_t i = 0; i < kStages.size(); ++i) {
    made->stages_[i] = &stages_.Add({{"stage", kStages[i]}, {"model", name}}, kStageBuckets);
  }
  for (size_t i = 0; i < kResults.size(); ++i) {
    made->images_[i] = &images_.Add({{"model", name}, {"result", kResults[i]}});
  }
  for (size_t i = 0; i < kReasons.size(); ++i) made->failures_[i] = &failure_.Add(with("reason", kReasons[i]));
  for (size_t i = 0; i < durations_.size(); ++i) made->durations_[i] = &durations_[i]->Add(versioned);
  made->success_ = &success_.Add(versioned);
  made->inferences_ = &inferences_.Add(versioned);
  made->executions_ = &executions_.Add(versioned);
  made->pending_ = &pending_.Add(versioned);
  for (size_t i = 0; i < cache_.size(); ++i) made->cache_[i] = &cache_[i]->Add({{"model", name}});
  for (size_t i = 0; i < cache_counts_.size(); ++i) {
    made->cache_counts_[i] = &cache_counts_[i]->Add(versioned);
    made->cache_durations_[i] = &cache_durations_[i]->Add(versioned);
  }
  return made;
}

}  // namespace onebyone
