#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// What a run of `onebyone load` found out: filled by client/load, read by every report, kept as JSON. Plain data. Every
// length of time is in milliseconds, every rate is per second, every share is from 0 to 1. A time that too few samples
// support is absent, not guessed.

namespace onebyone {

enum class LoopKind {
  kOpen,    // requests are due at moments of their own, whatever the server does
  kClosed,  // so many requests in the air; the next one starts when one has ended
};

// What was asked for.
struct LoadPlan {
  std::string command_line;
  std::string target_kind;             // "onebyone", "onebyone stream", "kserve"
  std::vector<std::string> addresses;  // HOST:PORT or other gRPC targets
  std::string security = "plaintext";  // "plaintext", "TLS", "mTLS"; with ", token" where one is sent
  std::string model;                   // as asked for; "": the server's default
  std::vector<std::string> layers;
  int64_t channels = 0;  // 0: as many as the layer has
  std::string type;      // "float32", "float16"
  LoopKind loop = LoopKind::kClosed;
  std::string schedule;         // in words: "poisson, 200/s", "4 at a time, think 10 ms"
  double rate_per_s = 0;        // of an open loop; of ramps and steps the mean
  int64_t concurrency = 0;      // of a closed loop
  double think_ms = 0;          // of a closed loop
  int64_t max_outstanding = 0;  // of an open loop: past it requests are not sent; 0: no cap
  int64_t connections = 1;
  double deadline_ms = 0;  // of each request; 0: none
  std::string priority;    // "": none told
  uint64_t seed = 0;
  double duration_ms = 0;  // that was to be measured; 0: until something else ended it
  std::string pictures;    // in words: "folder photos/, 120 pictures", "synthetic JPEG 640x480"
  int64_t picture_count = 0;
  int64_t picture_bytes = 0;  // of all of them together
  bool operator==(const LoadPlan&) const = default;
};

// Who measured whom, where.
struct LoadEnvironment {
  std::string client_version;
  std::string client_build;  // compiler and kind of build
  std::string host;
  std::string cpu;
  int64_t cpus = 0;            // usable by the client
  std::string system;          // "Linux 6.1.0 x86_64"
  std::string server_version;  // "": not told
  std::string server_build;    // "": not told
  std::string model_version;   // "": not told
  bool operator==(const LoadEnvironment&) const = default;
};

// Requests before the measured time, until windows agreed with each other.
struct WarmUp {
  double length_ms = 0;
  int64_t windows = 0;
  bool stable = false;
  std::string broken_by;  // in words, the last window that broke the stability: "window 4: p99 +31 %"; "": none
  bool operator==(const WarmUp&) const = default;
};

struct Interval {
  double low = 0;
  double high = 0;
  bool operator==(const Interval&) const = default;
};

struct Percentile {
  double percentile = 0;                  // 99.9: that many of a hundred requests took no longer
  std::optional<double> value_ms = {};    // absent: refused, for it needs `needed_samples`
  int64_t needed_samples = 0;             // 10 / (1 - percentile / 100)
  std::optional<Interval> interval = {};  // 95 % confidence in milliseconds, from repeated windows
  bool operator==(const Percentile&) const = default;
};

// One tick of HdrHistogram's percentile distribution (percentile_curve.h).
struct CurvePoint {
  double percentile = 0;
  double value_ms = 0;
  int64_t count = 0;  // requests that took no longer than value_ms
  bool operator==(const CurvePoint&) const = default;
};

// Of requests that were answered OK.
struct LatencySummary {
  int64_t count = 0;
  double min_ms = 0;
  double mean_ms = 0;
  double max_ms = 0;
  double stddev_ms = 0;
  std::vector<Percentile> percentiles;  // rising
  std::vector<CurvePoint> curve;        // rising, ends with 100
  bool operator==(const LatencySummary&) const = default;
};

struct CodeCount {
  std::string code;  // "OK", "RESOURCE_EXHAUSTED", ...
  int64_t count = 0;
  std::string example;  // the first message with it; "" for OK
  bool operator==(const CodeCount&) const = default;
};

// A piece of the measured time. Latencies are from the intended moment in an open loop, from sending in a closed one.
struct LoadWindow {
  double start_ms = 0;  // since the measured time began
  double length_ms = 0;
  int64_t ok = 0;
  int64_t errors = 0;
  double offered_per_s = 0;
  double achieved_per_s = 0;  // answered OK
  std::optional<double> p50_ms;
  std::optional<double> p90_ms;
  std::optional<double> p99_ms;
  std::optional<double> max_ms;
  bool operator==(const LoadWindow&) const = default;
};

// One stage of a request, by who measured it.
struct StageTime {
  // "queue", "decode", "network" ...; "total": all of the server's and what lies between them. Of the client: "whole",
  // "outside the server".
  std::string name;
  double mean_ms = 0;
  std::optional<double> p50_ms = {};
  std::optional<double> p99_ms = {};
  bool operator==(const StageTime&) const = default;
};

enum class StepKind { kRate, kConcurrency };

// One trial of a search or of a sweep, in the order in which they ran.
struct LoadStep {
  double asked = 0;           // requests a second, or requests in the air (LoadResult::step_kind)
  double achieved_per_s = 0;  // answered OK
  std::optional<double> mean_ms;
  std::optional<double> p50_ms;
  std::optional<double> p90_ms;
  std::optional<double> p95_ms;
  std::optional<double> p99_ms;
  double error_share = 0;
  std::vector<StageTime> server_stages;  // empty: not told
  bool kept = true;                      // the objective; true where there is none
  std::string why;                       // in words, what broke it; "": nothing
  bool operator==(const LoadStep&) const = default;
};

struct FoundCapacity {
  std::string objective;        // "p99 <= 50 ms"
  std::optional<double> per_s;  // highest confirmed rate (or, in a sweep, the rate at the knee); absent: none kept it
  std::optional<double> broken_per_s;  // lowest rate that broke the objective; absent: none did
  double concurrency = 0;              // at the knee of a sweep; 0: not a sweep
  std::string note;                    // in words: what limits the figure; "": nothing
  bool operator==(const FoundCapacity&) const = default;
};

// An answer that differs from the recorded one.
struct ChangedAnswer {
  int64_t request = 0;  // its place in the record, from 0
  std::string picture;
  std::string recorded;  // checksums
  std::string got;
  bool operator==(const ChangedAnswer&) const = default;
};

struct ReplayOutcome {
  std::string record;  // the file
  int64_t compared = 0;
  int64_t changed = 0;
  std::vector<ChangedAnswer> examples = {};  // the first of them
  bool operator==(const ReplayOutcome&) const = default;
};

// A condition of --fail-if.
struct LoadCheck {
  std::string condition;  // as typed
  std::string got;        // what was measured: "p99 61.2 ms"
  bool failed = false;
  bool operator==(const LoadCheck&) const = default;
};

struct LoadResult {
  LoadPlan plan;
  LoadEnvironment environment;
  int64_t start_unix_ms = 0;  // of the measured time
  double measured_ms = 0;
  std::string ended = "complete";  // or, in words, why it ended early: "interrupted", "the server went away"
  WarmUp warm_up;

  // Requests that were due (open) or started (closed) in the measured time; answers to them count whenever they came.
  int64_t due = 0;
  int64_t sent = 0;
  int64_t never_sent = 0;  // due, but max_outstanding requests were in the air
  int64_t late = 0;        // sent more than late_after_ms after their moment
  double late_after_ms = 0;
  double worst_late_ms = 0;
  double offered_per_s = 0;      // due
  double achieved_per_s = 0;     // answered, with whatever code
  double good_per_s = 0;         // answered OK (and within the objective, where one was told)
  std::vector<CodeCount> codes;  // OK first, then the most frequent
  int64_t bytes_out = 0;         // messages, before gRPC's framing
  int64_t bytes_in = 0;

  LatencySummary from_intention;  // of an open loop; of a closed one the same as from_sending
  LatencySummary from_sending;
  std::vector<LoadWindow> windows;  // rising in time, without the warm-up

  std::vector<StageTime> server_stages;  // in the order of a request's way; empty: the server does not tell
  std::vector<StageTime> client_stages;
  double client_cpu_share = 0;  // of all CPUs usable by the client
  std::vector<std::string> warnings;

  StepKind step_kind = StepKind::kRate;
  std::vector<LoadStep> steps;  // empty: neither search nor sweep
  std::optional<FoundCapacity> capacity;
  std::optional<ReplayOutcome> replay;
  std::vector<LoadCheck> checks;
  bool operator==(const LoadResult&) const = default;
};

// All answers that were not OK.
int64_t ErrorCount(const LoadResult& result);

// `warnings`, and that the run ended early where none of them says so.
std::vector<std::string> AllWarnings(const LoadResult& result);

// The latencies that a report shows first: from the intended moment in an open loop, from sending in a closed one.
const LatencySummary& HeadLatency(const LoadResult& result);

// The entry for `percentile`; null where the run did not ask for it.
const Percentile* FindPercentile(const LatencySummary& summary, double percentile);

// How many samples it takes to tell `percentile` (0 to below 100): ten beyond it.
int64_t SamplesNeeded(double percentile);

}  // namespace onebyone
