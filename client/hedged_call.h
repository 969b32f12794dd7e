#pragma once

#include <grpcpp/alarm.h>
#include <grpcpp/client_context.h>

#include <array>
#include <memory>
#include <optional>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "client/call_options.h"
#include "client/call_scope.h"
#include "client/calls_under_way.h"
#include "client/cancellation.h"
#include "client/client_options.h"
#include "client/hedging.h"
#include "client/pushback.h"
#include "onebyone/v1/feature_extraction.grpc.pb.h"

namespace onebyone {

// What the hedged calls of a client share; outlives them.
struct HedgedCalls {
  v1::FeatureExtraction::Stub& features;  // of a channel that does not retry ExtractFeatures
  const CallDefaults& defaults;
  const RetryPolicy& retry;
  Hedging& hedging;
  CallsUnderWay& under_way;
};

// One ExtractFeatures that may be asked twice. gRPC's own retries do not tell that a server has refused, so the retries
// of `retry` are done here, with the server's pushback.
//
//   first attempt ----------- OK, or an error that retrying does not mend ---> answer
//      |   |
//      |   +-- refused: no hedge any more; a hedge on its way may still answer; else wait as told, next attempt
//      |
//      +-- slow: hedge (while the budget lasts) --- OK ---> answer; any error: forgotten while the first is on its way
//
// Whoever answers first ends the call: the other attempt is cancelled.
class HedgedCall final : public Cancellable, public std::enable_shared_from_this<HedgedCall> {
 public:
  using Done = absl::AnyInvocable<void(absl::StatusOr<v1::ExtractFeaturesResponse>)>;

  // `done` is called exactly once, on a thread of gRPC's. `client_end` cancels the calls of a client that ends.
  static void Start(const HedgedCalls& calls, v1::ExtractFeaturesRequest request, Done done, const CallOptions& options,
                    Cancellation* client_end);

  void Cancel() override;

  HedgedCall(const HedgedCalls& calls, v1::ExtractFeaturesRequest request, Done done, const CallOptions& options,
             Cancellation* client_end);

 private:
  struct Attempt {
    bool is_hedge = false;
    bool running = true;
    absl::Time start;
    grpc::ClientContext context;
    v1::ExtractFeaturesResponse response;
  };
  enum class Next { kWait, kAnswer, kFail, kRetry };

  void Begin();
  void Hedge(bool in_time);
  void Retry(bool in_time);
  void Try(bool is_hedge);
  void OnEnd(Attempt& attempt, const grpc::Status& status);
  Next Decide(const Attempt& attempt, const absl::Status& outcome, const Pushback& pushback)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  std::optional<absl::Duration> WaitBeforeRetry() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Measure(const Attempt& winner) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  Attempt* Running(bool is_hedge) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void WakeIn(absl::Duration wait, void (HedgedCall::*act)(bool in_time));
  void Finish(absl::StatusOr<v1::ExtractFeaturesResponse> answer);

  const CallsUnderWay::Ticket ticket_;  // destroyed last: whoever waits for it lets go of the channel
  const HedgedCalls calls_;
  const v1::ExtractFeaturesRequest request_;
  const std::array<Cancellation*, 2> cancellations_;  // or nullptr
  const absl::Time deadline_;
  absl::Mutex mutex_;
  Done done_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::unique_ptr<Attempt>> attempts_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::shared_ptr<grpc::Alarm>> alarms_ ABSL_GUARDED_BY(mutex_);
  int tries_ ABSL_GUARDED_BY(mutex_) = 0;         // attempts that were not hedges
  absl::Status refusal_ ABSL_GUARDED_BY(mutex_);  // of the latest of them
  Pushback pushback_ ABSL_GUARDED_BY(mutex_);     // that came with it or with its hedge's refusal
  bool hedging_off_ ABSL_GUARDED_BY(mutex_) = false;
  bool cancelled_ ABSL_GUARDED_BY(mutex_) = false;
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace onebyone
