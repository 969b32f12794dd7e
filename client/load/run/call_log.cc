#include "client/load/run/call_log.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/load/target/code_names.h"

namespace onebyone {
namespace {

// A live line needs no more: above, it shows the first of each interval.
constexpr size_t kMostKept = 100'000;

double ToMs(int64_t ns) { return static_cast<double>(ns) / 1e6; }

double AtShare(std::vector<double>& values, double share) {
  const auto at = values.begin() + static_cast<int64_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

void Keep(std::vector<double>& values, double value) {
  if (values.size() < kMostKept) values.push_back(value);
}

}  // namespace

CallLog::CallLog(int64_t objective_ns, Observer observer, Namer namer)
    : objective_ns_(objective_ns), observer_(std::move(observer)), namer_(std::move(namer)) {
  absl::MutexLock lock(&mutex_);
  progress_.latency_counts.assign(std::size(kLatencyBoundsMs) + 1, 0);
}

void CallLog::BeginMeasuring(int64_t from_ns, int64_t length_ns) {
  absl::MutexLock lock(&mutex_);
  measuring_ = true;
  measured_.from_ns = from_ns;
  measured_.to_ns = from_ns + length_ns;
}

void CallLog::EndWithLastCall(LoopKind loop) {
  absl::MutexLock lock(&mutex_);
  if (!measuring_ || cut_short_ || due_ == 0) return;
  const int64_t arrivals_ns = last_due_ns_ - measured_.from_ns;
  const int64_t gap_ns = due_ > 1 ? arrivals_ns / (due_ - 1) : 0;
  const int64_t end_ns = loop == LoopKind::kOpen ? last_due_ns_ + gap_ns : last_answer_ns_;
  measured_.to_ns = std::clamp(end_ns, measured_.from_ns + 1, measured_.to_ns);
  if (loop == LoopKind::kOpen) return;
  // No answer comes after the end, so none may come from before the beginning.
  measured_.answered_inside -= std::exchange(stragglers_, 0);
  measured_.good_inside -= std::exchange(good_stragglers_, 0);
}

void CallLog::CutShort(int64_t now_ns) {
  absl::MutexLock lock(&mutex_);
  if (measuring_) measured_.to_ns = std::clamp(now_ns, measured_.from_ns, measured_.to_ns);
  cut_short_ = true;
}

void CallLog::CountDue(const CallMoments& moments) {
  ++window_due_;
  ++interval_due_;
  if (!moments.measured) return;
  ++due_;
  last_due_ns_ = std::max(last_due_ns_, moments.due_ns);
}

bool CallLog::measuring() const {
  absl::MutexLock lock(&mutex_);
  return measuring_;
}

int64_t CallLog::measured_from_ns() const {
  absl::MutexLock lock(&mutex_);
  return measured_.from_ns;
}

int64_t CallLog::measured_to_ns() const {
  absl::MutexLock lock(&mutex_);
  return measured_.to_ns;
}

void CallLog::NeverSent(const CallMoments& moments) {
  absl::MutexLock lock(&mutex_);
  CountDue(moments);
  ++progress_.never_sent;
  if (!moments.measured) return;
  ++measured_.never_sent;
  measured_.samples.Append({.due = static_cast<uint64_t>((moments.due_ns - measured_.from_ns) / kTickNs),
                            .code = Sample::kNeverSent,
                            .late = 0,
                            .service = 0});
}

void CallLog::Sent(const CallMoments& moments) {
  ++in_flight_;
  absl::MutexLock lock(&mutex_);
  CountDue(moments);
  ++progress_.sent;
  if (moments.sent_ns - moments.due_ns > kLateNs) ++progress_.late;
}

void CallLog::AddBytesOut(const CallMoments& moments, int64_t bytes) {
  absl::MutexLock lock(&mutex_);
  progress_.bytes_out += bytes;
  if (moments.measured) measured_.bytes_out += bytes;
}

void CallLog::Ended(const PlannedCall& call, const CallMoments& moments, int64_t now_ns, const CallOutcome& outcome) {
  if (moments.measured && observer_) observer_(call, moments, outcome);
  {
    absl::MutexLock lock(&mutex_);
    if (cut_short_ && outcome.code == grpc::StatusCode::CANCELLED) {
      if (moments.measured) ++measured_.unfinished;
    } else {
      AddLive(now_ns - moments.sent_ns, outcome);
      CountInside(moments, now_ns, outcome);
      if (moments.measured) AddMeasured(call, moments, now_ns, outcome);
    }
  }
  --in_flight_;  // last: after it the run may be over, and this log gone
}

void CallLog::CountInside(const CallMoments& moments, int64_t now_ns, const CallOutcome& outcome) {
  if (!measuring_ || now_ns < measured_.from_ns || now_ns >= measured_.to_ns) return;
  ++measured_.answered_inside;
  if (!moments.measured) ++stragglers_;
  const bool in_time = objective_ns_ == 0 || now_ns - moments.due_ns <= objective_ns_;
  if (outcome.code != grpc::StatusCode::OK || !in_time) return;
  ++measured_.good_inside;
  if (!moments.measured) ++good_stragglers_;
}

void CallLog::AddLive(int64_t service_ns, const CallOutcome& outcome) {
  ++progress_.codes[CodeName(outcome.code)];
  progress_.bytes_in += outcome.bytes_in;
  CodeTally& recent = recent_codes_[outcome.code];
  if (++recent.count == 1) recent.example = outcome.message;
  if (outcome.code != grpc::StatusCode::OK) return;
  const double ms = ToMs(service_ns);
  Keep(window_ms_, ms);
  Keep(interval_ms_, ms);
  ++interval_ok_;
  progress_.latency_sum_ms += ms;
  const auto bound = std::lower_bound(std::begin(kLatencyBoundsMs), std::end(kLatencyBoundsMs), ms);
  for (auto i = static_cast<size_t>(bound - std::begin(kLatencyBoundsMs)); i < progress_.latency_counts.size(); ++i) {
    ++progress_.latency_counts[i];
  }
}

void CallLog::AddMeasured(const PlannedCall& call, const CallMoments& moments, int64_t now_ns,
                          const CallOutcome& outcome) {
  if (objective_ns_ > 0 && now_ns - moments.due_ns > objective_ns_) ++over_objective_;
  CodeTally& tally = measured_.codes[outcome.code];
  if (++tally.count == 1) {
    tally.example = outcome.message;
    if (outcome.code != grpc::StatusCode::OK && namer_) absl::StrAppend(&tally.example, " (", namer_(call), ")");
  }
  last_answer_ns_ = std::max(last_answer_ns_, now_ns);
  measured_.bytes_in += outcome.bytes_in;
  measured_.samples.Append({.due = static_cast<uint64_t>((moments.due_ns - measured_.from_ns) / kTickNs),
                            .code = static_cast<uint64_t>(outcome.code),
                            .late = ToTicks(moments.sent_ns - moments.due_ns),
                            .service = ToTicks(now_ns - moments.sent_ns)});
  if (outcome.code != grpc::StatusCode::OK || !outcome.stages_us.has_value()) return;
  for (size_t i = 0; i < kServerStages; ++i) measured_.server_stages[i].Add((*outcome.stages_us)[i]);
  measured_.outside_server.Add((now_ns - moments.sent_ns) / 1000 - outcome.stages_us->back());
}

WarmUpWindow CallLog::TakeWindow(int64_t now_ns) {
  absl::MutexLock lock(&mutex_);
  WarmUpWindow window = {.seconds = static_cast<double>(now_ns - window_from_ns_) / 1e9,
                         .due = std::exchange(window_due_, 0),
                         .ok_ms = std::exchange(window_ms_, {})};
  window_from_ns_ = now_ns;
  return window;
}

LoadProgress CallLog::TakeProgress(int64_t now_ns) {
  absl::MutexLock lock(&mutex_);
  LoadProgress progress = progress_;
  progress.in_flight = in_flight_.load();
  const double seconds = static_cast<double>(now_ns - std::exchange(interval_from_ns_, now_ns)) / 1e9;
  std::vector<double> latencies = std::exchange(interval_ms_, {});
  if (seconds > 0) {
    progress.offered_per_s = static_cast<double>(interval_due_) / seconds;
    progress.achieved_per_s = static_cast<double>(interval_ok_) / seconds;
  }
  interval_due_ = 0;
  interval_ok_ = 0;
  if (!latencies.empty()) {
    progress.p50_ms = AtShare(latencies, 0.5);
    progress.p99_ms = AtShare(latencies, 0.99);
  }
  return progress;
}

std::map<int, CodeTally> CallLog::TakeCodes() {
  absl::MutexLock lock(&mutex_);
  return std::exchange(recent_codes_, {});
}

MeasuredCalls CallLog::TakeMeasured() {
  absl::MutexLock lock(&mutex_);
  return std::move(measured_);
}

}  // namespace onebyone
