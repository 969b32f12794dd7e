#include "server/observability/process_metrics.h"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>

#include "server/observability/gauges.h"

namespace onebyone {
namespace {

using Families = std::vector<prometheus::MetricFamily>;

void AddMemory(Families& families) {
  std::ifstream statm("/proc/self/statm");
  double pages = 0;
  double resident = 0;
  if (!(statm >> pages >> resident)) return;
  const auto page_bytes = static_cast<double>(sysconf(_SC_PAGESIZE));
  families.push_back(GaugeFamily("process_virtual_memory_bytes", "Virtual memory"));
  AddGauge(families.back(), {}, pages * page_bytes);
  families.push_back(GaugeFamily("process_resident_memory_bytes", "Resident memory"));
  AddGauge(families.back(), {}, resident * page_bytes);
}

void AddProcessorTime(Families& families) {
  rusage usage = {};
  if (getrusage(RUSAGE_SELF, &usage) != 0) return;
  const absl::Duration time = absl::DurationFromTimeval(usage.ru_utime) + absl::DurationFromTimeval(usage.ru_stime);
  prometheus::MetricFamily family = GaugeFamily("process_cpu_seconds_total", "CPU time, user and system");
  family.type = prometheus::MetricType::Counter;
  family.metric.emplace_back().counter.value = absl::ToDoubleSeconds(time);
  families.push_back(std::move(family));
}

void AddFiles(Families& families) {
  std::error_code error;
  const std::filesystem::directory_iterator open("/proc/self/fd", error);
  if (!error) {
    families.push_back(GaugeFamily("process_open_fds", "Open file descriptors"));
    AddGauge(families.back(), {}, static_cast<double>(std::distance(open, std::filesystem::directory_iterator())));
  }
  rlimit limit = {};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  families.push_back(GaugeFamily("process_max_fds", "The most file descriptors that it may have"));
  AddGauge(families.back(), {}, static_cast<double>(limit.rlim_cur));
}

}  // namespace

Families ProcessMetrics::Collect() const {
  Families families;
  AddMemory(families);
  AddProcessorTime(families);
  AddFiles(families);
  families.push_back(GaugeFamily("process_start_time_seconds", "Start, in seconds since 1970"));
  AddGauge(families.back(), {}, absl::ToDoubleSeconds(start_ - absl::UnixEpoch()));
  return families;
}

}  // namespace onebyone
