#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "client/top/metrics_text.h"

namespace onebyone {

// The rates of something that takes time, between two looks at a server.
struct Latency {
  double per_second = 0;
  double p50 = 0;  // seconds, between the bounds of a bucket by linear interpolation; 0 where nothing happened
  double p99 = 0;
};

struct ModelLoad {
  bool ready = false;
  std::string version;
  std::string precision;
  double images_per_second = 0;
  double failed_per_second = 0;  // images
  Latency network;
};

// What a server did between two looks at its metrics, and how it stood at the second.
struct ServerLoad {
  std::string version;
  std::string isa;
  absl::Duration uptime;
  double requests_per_second = 0;                     // calls of all services but health and reflection
  double failed_per_second = 0;                       // of them, not OK
  std::map<std::string, double> refusals_per_second;  // by reason
  Latency request;
  double images_per_second = 0;
  double failed_images_per_second = 0;
  std::vector<std::pair<std::string, Latency>> stages;  // in the order of the work
  std::map<std::string, ModelLoad> models;
  double queue = 0;  // images
  double lanes = 0;
  double lanes_busy = 0;
  double requests_in_work = 0;
  double queued_bytes = 0;
  double resident_bytes = 0;
  double processors = 0;  // CPU seconds a second
  double wasted = 0;      // seconds a second

  double RefusalsPerSecond() const;
};

// Compares two looks, `seconds` apart. A counter that went back (the server started anew) counts from 0. `now` is for
// the uptime.
ServerLoad Compare(const std::vector<MetricSample>& before, const std::vector<MetricSample>& after, double seconds,
                   absl::Time now);

}  // namespace onebyone
