#include "server/kserve/statistics_report.h"

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

namespace onebyone {
namespace {

void Write(int64_t count, absl::Duration time, inference::StatisticDuration& duration) {
  duration.set_count(count);
  duration.set_ns(absl::ToInt64Nanoseconds(time));
}

void Write(const ModelStatistics::Sum& sum, inference::StatisticDuration& duration) {
  Write(sum.count, sum.time, duration);
}

}  // namespace

inference::ModelStatistics ReportOf(const std::string& model, int64_t version,
                                    const ModelStatistics::Counters& counters) {
  inference::ModelStatistics report;
  report.set_name(model);
  report.set_version(absl::StrCat(version));
  report.set_last_inference(absl::ToUnixMillis(counters.last_image));
  report.set_inference_count(counters.images);
  report.set_execution_count(counters.images);
  inference::InferStatistics& requests = *report.mutable_inference_stats();
  Write(counters.success, *requests.mutable_success());
  Write(counters.fail, *requests.mutable_fail());
  Write(counters.queue, *requests.mutable_queue());
  Write(counters.input, *requests.mutable_compute_input());
  Write(counters.network, *requests.mutable_compute_infer());
  Write(counters.output, *requests.mutable_compute_output());
  Write(counters.cache_hit, *requests.mutable_cache_hit());
  Write(counters.cache_miss, *requests.mutable_cache_miss());
  if (counters.images == 0) return report;
  inference::InferBatchStatistics& batches = *report.add_batch_stats();
  batches.set_batch_size(1);
  Write(counters.images, counters.input.time, *batches.mutable_compute_input());
  Write(counters.images, counters.network.time, *batches.mutable_compute_infer());
  Write(counters.images, counters.output.time, *batches.mutable_compute_output());
  return report;
}

}  // namespace onebyone
