#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/synchronization/mutex.h"
#include "client/load/measure/sample_log.h"
#include "client/load/measure/stability.h"
#include "client/load/measure/stage_histogram.h"
#include "client/load/report/load_progress.h"
#include "client/load/report/load_result.h"
#include "client/load/target/load_target.h"

namespace onebyone {

// When a call was to be sent and was; nanoseconds of the run's clock.
struct CallMoments {
  int64_t due_ns = 0;
  int64_t sent_ns = 0;
  bool measured = false;  // else of the warm-up
};

// What became of the calls of one kind of code.
struct CodeTally {
  int64_t count = 0;
  std::string example;  // the first message, with the picture that it is about
};

// Everything that the measured calls came to, for the report.
struct MeasuredCalls {
  SampleLog samples;
  std::map<int, CodeTally> codes;
  int64_t never_sent = 0;
  int64_t unfinished = 0;  // cut off by the end of the run
  // Answers that came within the measured time, those to the warm-up's last calls included: they stand for those to
  // the last measured calls, which come after it.
  int64_t answered_inside = 0;
  int64_t good_inside = 0;  // of them, OK and within the objective
  int64_t bytes_out = 0;
  int64_t bytes_in = 0;
  std::array<StageHistogram, kServerStages> server_stages;
  StageHistogram outside_server;  // from sending, less the server's total
  int64_t from_ns = 0;
  int64_t to_ns = 0;  // the end of the measured time
};

// Keeps what became of each call, for the live line, the warm-up and the report. Thread-safe.
class CallLog {
 public:
  // Told of each measured call that was answered, on the thread of its answer.
  using Observer = absl::AnyInvocable<void(const PlannedCall&, const CallMoments&, const CallOutcome&) const>;
  // A call in words, such as the name of its picture.
  using Namer = std::function<std::string(const PlannedCall&)>;
  // `objective_ns`: measured calls that take longer from their moment are counted (over_objective); 0: none.
  explicit CallLog(int64_t objective_ns = 0, Observer observer = nullptr, Namer namer = nullptr);

  // The measured time begins and will end `length_ns` later. Once.
  void BeginMeasuring(int64_t from_ns, int64_t length_ns);
  // The plan had a number of calls, not a time: an open loop's time is as long as their arrivals took, the gap after
  // the last one included; a closed one's ends with the last answer.
  void EndWithLastCall(LoopKind loop);
  // The run is cut short: what ends CANCELLED from now on was never answered.
  void CutShort(int64_t now_ns);

  void NeverSent(const CallMoments& moments);
  void Sent(const CallMoments& moments);  // before LoadTarget::Start, which may end the call at once
  void AddBytesOut(const CallMoments& moments, int64_t bytes);
  void Ended(const PlannedCall& call, const CallMoments& moments, int64_t now_ns, const CallOutcome& outcome);

  int64_t in_flight() const { return in_flight_.load(); }
  bool measuring() const;
  int64_t measured_from_ns() const;
  int64_t measured_to_ns() const;
  int64_t over_objective() const { return over_objective_.load(); }

  // Since the last of these.
  WarmUpWindow TakeWindow(int64_t now_ns);
  LoadProgress TakeProgress(int64_t now_ns);
  // Answers of each code since the last of these.
  std::map<int, CodeTally> TakeCodes();

  // After the last call has ended. Once.
  MeasuredCalls TakeMeasured();

  // How late a call is to be counted as late.
  static constexpr int64_t kLateNs = 1'000'000;

 private:
  void CountDue(const CallMoments& moments) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void CountInside(const CallMoments& moments, int64_t now_ns, const CallOutcome& outcome)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void AddLive(int64_t service_ns, const CallOutcome& outcome) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void AddMeasured(const PlannedCall& call, const CallMoments& moments, int64_t now_ns, const CallOutcome& outcome)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const int64_t objective_ns_;
  const Observer observer_;
  const Namer namer_;
  std::atomic<int64_t> in_flight_ = 0;
  std::atomic<int64_t> over_objective_ = 0;
  mutable absl::Mutex mutex_;
  bool measuring_ ABSL_GUARDED_BY(mutex_) = false;
  int64_t stragglers_ ABSL_GUARDED_BY(mutex_) = 0;       // of the warm-up, within answered_inside
  int64_t good_stragglers_ ABSL_GUARDED_BY(mutex_) = 0;  // and within good_inside
  int64_t due_ ABSL_GUARDED_BY(mutex_) = 0;              // measured calls
  int64_t last_due_ns_ ABSL_GUARDED_BY(mutex_) = 0;      // of them
  int64_t last_answer_ns_ ABSL_GUARDED_BY(mutex_) = 0;   // to them
  bool cut_short_ ABSL_GUARDED_BY(mutex_) = false;
  MeasuredCalls measured_ ABSL_GUARDED_BY(mutex_);

  // Latencies from sending in milliseconds, of calls answered OK since the last look; bounded.
  std::vector<double> window_ms_ ABSL_GUARDED_BY(mutex_);
  int64_t window_due_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t window_from_ns_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<double> interval_ms_ ABSL_GUARDED_BY(mutex_);
  int64_t interval_ok_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t interval_due_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t interval_from_ns_ ABSL_GUARDED_BY(mutex_) = 0;
  std::map<int, CodeTally> recent_codes_ ABSL_GUARDED_BY(mutex_);
  LoadProgress progress_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace onebyone
