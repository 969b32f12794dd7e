#include "server/observability/server_metrics.h"

namespace onebyone {
namespace {

// 1 KiB to 64 MiB, by fours.
prometheus::Histogram::BucketBoundaries ImageBuckets() {
  prometheus::Histogram::BucketBoundaries buckets;
  for (double bytes = 1024; bytes <= 64.0 * 1024 * 1024; bytes *= 4) buckets.push_back(bytes);
  return buckets;
}

// 0.1 ms, a step of a small network, to 3 s, by threes.
prometheus::Histogram::BucketBoundaries LateWorkBuckets() {
  return {0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3};
}

}  // namespace

ServerMetrics::ServerMetrics()
    : registry_(std::make_shared<prometheus::Registry>()),
      calls_(*registry_),
      models_(*registry_),
      image_bytes_(prometheus::BuildHistogram()
                       .Name("onebyone_image_bytes")
                       .Help("Encoded size of the images of accepted requests")
                       .Register(*registry_)
                       .Add({}, ImageBuckets())),
      wasted_seconds_(prometheus::BuildCounter()
                          .Name("onebyone_wasted_seconds_total")
                          .Help("Work of lanes for requests that were cancelled or expired")
                          .Register(*registry_)
                          .Add({})),
      late_work_(prometheus::BuildHistogram()
                     .Name("onebyone_late_work_seconds")
                     .Help("How long lanes worked on requests whose caller had gone or whose deadline had passed")
                     .Register(*registry_)
                     .Add({}, LateWorkBuckets())) {
  auto& refused = prometheus::BuildCounter()
                      .Name("onebyone_requests_refused_total")
                      .Help("Requests that admission did not take")
                      .Register(*registry_);
  for (const Refusal refusal : kRefusals) {
    refused_[static_cast<size_t>(refusal)] = &refused.Add({{"reason", NameOf(refusal)}});
  }
}

}  // namespace onebyone
