#pragma once

#include <grpcpp/alarm.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
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
//      One that finds no room in the queue is held, not refused, and tried again when an answer of this stream makes
//      room, or soon.
//   2. The next request is read while fewer than the window are unanswered and none is held: a client that reads no
//      answers is not read either.
//   3. Answers are written one at a time, in the order in which extractions end.
//   4. When the client has closed its side and all answers are written, or the stream broke and all extractions have
//      ended, the call finishes and deletes itself.
class StreamCall final : public grpc::ServerBidiReactor<v1::StreamFeaturesRequest, grpc::ByteBuffer> {
 public:
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
    grpc::ByteBuffer answer;  // of `response`, once it has ended
    Extraction extraction;
    bool begun = false;  // Begin has returned: it may be cancelled, and written once it has ended
    bool ended = false;  // the answer is there
    bool Answered() const { return begun && ended; }
  };
  using Exchanges = std::list<std::unique_ptr<Exchange>>;

  // Starts the extraction of an exchange, or holds it where there is no room. REQUIRES: counted in busy_.
  void Begin(Exchange& exchange);
  void Hold(Exchange& exchange) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // The held exchange, to be begun; null where there is none.
  Exchange* TakeHeld() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  static void WriteOutcome(Exchange& exchange, const absl::Status& outcome);
  void Break();
  bool MayRead() const ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  bool IsOver() const ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  // Does what is due now: read, write, try the held one again, finish. Every event ends with it; nothing of this object
  // is touched afterwards. `ended`: an exchange whose extraction has just filled its answer. `no_longer_busy`: 1 for a
  // thread that was counted in busy_.
  void Continue(Exchange* ended = nullptr, int no_longer_busy = 0);

  grpc::CallbackServerContext& call_;
  ExtractionContext& context_;
  const CallOrigin* const origin_;

  absl::Mutex mutex_;
  Exchanges exchanges_ ABSL_GUARDED_BY(mutex_);            // the last one is being read while reading_
  std::deque<Exchange*> answers_ ABSL_GUARDED_BY(mutex_);  // ready; the first is being written while writing_
  Exchange* held_ ABSL_GUARDED_BY(mutex_) = nullptr;       // waits for room in the queue
  grpc::Alarm alarm_;                                      // to try it again
  bool alarm_is_set_ ABSL_GUARDED_BY(mutex_) = false;
  int busy_ ABSL_GUARDED_BY(mutex_) = 0;  // threads that begin or cancel exchanges outside the lock: it stays as it is
  bool reading_ ABSL_GUARDED_BY(mutex_) = false;
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  bool no_more_requests_ ABSL_GUARDED_BY(mutex_) = false;
  bool broken_ ABSL_GUARDED_BY(mutex_) = false;  // nobody reads answers any more
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace onebyone
