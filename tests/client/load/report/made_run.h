#pragma once

#include <string>
#include <vector>

#include "client/load/report/load_result.h"

namespace onebyone::testing {

// A run of an open loop: 12,000 requests in 60 s, 30 of them refused; the medians of its windows are `p50s`.
inline LoadResult MadeRun(const std::vector<double>& p50s = {}) {
  LoadResult run;
  run.plan.command_line = "onebyone load --rate 200 photos";
  run.plan.target_kind = "onebyone";
  run.plan.addresses = {"127.0.0.1:50051"};
  run.plan.model = "nano";
  run.plan.layers = {"inception_4c/output"};
  run.plan.channels = 16;
  run.plan.type = "float32";
  run.plan.loop = LoopKind::kOpen;
  run.plan.schedule = "poisson, 200/s";
  run.plan.rate_per_s = 200;
  run.plan.max_outstanding = 1000;
  run.plan.seed = 7;
  run.plan.duration_ms = 60'000;
  run.plan.pictures = "folder photos, 31 pictures";
  run.plan.picture_count = 31;
  run.plan.picture_bytes = 2'400'000;
  run.environment = {.client_version = "onebyone 0.1.0",
                     .client_build = "g++ 12.2",
                     .host = "bench-1",
                     .cpu = "EPYC",
                     .cpus = 2,
                     .system = "Linux 6.1",
                     .server_version = "onebyone-server 0.1.0",
                     .server_build = "",
                     .model_version = "1"};
  run.start_unix_ms = 1'796'000'000'000;
  run.measured_ms = 60'000;
  run.warm_up = {.length_ms = 5000, .windows = 5, .stable = true, .broken_by = "window 2: p99 +31 %"};
  run.due = run.sent = 12'000;
  run.late = 12;
  run.late_after_ms = 1;
  run.worst_late_ms = 4.1;
  run.offered_per_s = 200;
  run.achieved_per_s = 199.8;
  run.good_per_s = 199.3;
  run.codes = {{"OK", 11'970, ""}, {"RESOURCE_EXHAUSTED", 30, "the queue is full"}};
  run.bytes_out = 933'600'000;
  run.bytes_in = 94'800'000;
  run.from_sending = {
      .count = 11'970,
      .min_ms = 1.08,
      .mean_ms = 4.9,
      .max_ms = 61.2,
      .stddev_ms = 2.9,
      .percentiles = {{50, 4.1, 20, Interval{4.0, 4.2}}, {99.9, 40.0, 10'000, {}}, {99.99, {}, 100'000, {}}},
      .curve = {{0, 1.08, 1}, {50, 4.1, 5985}, {100, 61.2, 11'970}}};
  run.from_intention = run.from_sending;
  run.from_intention.max_ms = 65.5;
  run.from_intention.percentiles[0] = {50, 4.2, 20, Interval{4.1, 4.3}};
  for (size_t i = 0; i < p50s.size(); ++i) {
    run.windows.push_back({.start_ms = 1000.0 * static_cast<double>(i),
                           .length_ms = 1000,
                           .ok = 200,
                           .errors = 0,
                           .offered_per_s = 200,
                           .achieved_per_s = 200,
                           .p50_ms = p50s[i],
                           .p90_ms = {},
                           .p99_ms = {},
                           .max_ms = 4 * p50s[i]});
  }
  run.server_stages = {{"queue", 0.8, 0.3, 6.0},   {"decode", 0.5, 0.5, 1.2},    {"preprocess", 0.1, 0.1, 0.2},
                       {"network", 1.9, 1.8, 2.6}, {"reduce", 0.05, 0.05, 0.08}, {"encode", 0.05, 0.05, 0.05}};
  run.client_stages = {{"whole", 4.9, 4.1, 40.0}, {"outside the server", 1.5, 0.9, 4.0}};
  run.client_cpu_share = 0.31;
  return run;
}

}  // namespace onebyone::testing
