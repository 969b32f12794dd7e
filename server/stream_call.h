#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <deque>
#include <list>
#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "onebyone/v1/feature_extraction.pb.h"
#include "server/extraction.h"

namespace onebyone {

// One StreamFeatures call. Its life:
//   1. A request is read; its extraction starts, or its answer is an error at once (the stream goes on).
//   2. The next request is read while fewer than kMostInWork are unanswered: a client that reads no answers is not read
//   either.
//   3. Answers are written one at a time, in the order in which extractions end.
//   4. When the client has closed its side and all answers are written, or the stream broke and all extractions have
//      ended, the call finishes and deletes itself.
class StreamCall final : public grpc::ServerBidiReactor<v1::StreamFeaturesRequest, v1::StreamFeaturesResponse> {
 public:
  static constexpr size_t kMostInWork = 16;

  StreamCall(grpc::CallbackServerContext& call, ExtractionContext& context);

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override { delete this; }

 private:
  // A request and its answer.
  struct Exchange {
    Exchange(ExtractionContext& context, const CallOrigin* origin) : extraction(context, origin) {}
    v1::StreamFeaturesRequest request;
    v1::StreamFeaturesResponse response;
    Extraction extraction;
    bool begun = false;  // Begin has returned: it may be cancelled, and written once it has ended
    bool ended = false;  // the answer is there
    bool Answered() const { return begun && ended; }
  };
  using Exchanges = std::list<std::unique_ptr<Exchange>>;

  void Begin(Exchange& exchange);
  static void WriteOutcome(Exchange& exchange, const absl::Status& outcome);
  void Break() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Does what is due now: read, write, finish. Every event ends with it; nothing of this object is touched afterwards.
  // `ended`: an exchange whose extraction has just filled its answer.
  void Continue(Exchange* ended = nullptr);

  grpc::CallbackServerContext& call_;
  ExtractionContext& context_;
  const CallOrigin* const origin_;

  absl::Mutex mutex_;
  Exchanges exchanges_ ABSL_GUARDED_BY(mutex_);            // the last one is being read while reading_
  std::deque<Exchange*> answers_ ABSL_GUARDED_BY(mutex_);  // ready; the first is being written while writing_
  bool reading_ ABSL_GUARDED_BY(mutex_) = false;
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  bool no_more_requests_ ABSL_GUARDED_BY(mutex_) = false;
  bool broken_ ABSL_GUARDED_BY(mutex_) = false;  // nobody reads answers any more
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace onebyone
