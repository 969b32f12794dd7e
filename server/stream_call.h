#pragma once

#include <grpcpp/alarm.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <chrono>
#include <deque>
#include <list>
#include <memory>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "onebyone/v1/feature_extraction.pb.h"
#include "server/extraction.h"
#include "server/intake/intake.h"

namespace onebyone {

// One StreamFeatures call. Its life:
//   1. A request is read; its extraction starts, or its answer is an error at once (the stream goes on).
//      One that finds no room in the queue is held, not refused, and tried again when an answer of this stream makes
//      room, or after a while, which grows. Where all streams together hold too much, it is refused.
//   2. The next request is read while fewer than the window are unanswered and none is held: a client that reads no
//      answers is not read either.
//   3. Answers are written one at a time, in the order in which extractions end.
//   4. When the client has closed its side and all answers are written, or the stream broke and all extractions have
//      ended, the call finishes and deletes itself. So it does, with an error, where what the client sent is no request
//      (INVALID_ARGUMENT), where no request came for too long (DEADLINE_EXCEEDED), and where the server drains
//      (UNAVAILABLE): the requests before are answered first.
class StreamCall final : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>, private Upload {
 public:
  StreamCall(grpc::CallbackServerContext& call, ExtractionContext& context, Intake& intake);

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override { delete this; }

 private:
  // A request and its answer.
  struct Exchange {
    Exchange(ExtractionContext& context, const CallOrigin* origin) : extraction(context, origin) {}
    int64_t bytes = 0;  // of the request on the wire
    v1::StreamFeaturesRequest request;
    v1::StreamFeaturesResponse response;
    grpc::ByteBuffer answer;  // of `response`, once it has ended; not valid where there was no memory for it
    Extraction extraction;
    ByteBudget::Part held;  // while it is being tried, or held
    bool begun = false;     // Begin has returned: it may be cancelled, and written once it has ended
    bool ended = false;     // the answer is there
    bool Answered() const { return begun && ended; }
  };
  using Exchanges = std::list<std::unique_ptr<Exchange>>;

  void EndUpload(const absl::Status& why) override;
  // Makes the message that has come the request of a new `exchange`. An error with a BadRequest is its answer.
  absl::Status ReadRequest(std::unique_ptr<Exchange>& exchange);
  // No more requests are read; the call ends so once those before are answered.
  void StopReading(const absl::Status& outcome) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // The answer of `exchange`, which never began, is an error.
  void Refuse(Exchange& exchange, const absl::Status& why);
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
  // is touched afterwards. `ended`: an exchange whose extraction has just filled its answer. `no_longer_busy`: as
  // often as this thread was counted in busy_.
  void Continue(Exchange* ended = nullptr, int no_longer_busy = 0);

  grpc::CallbackServerContext& call_;
  ExtractionContext& context_;
  Intake& intake_;
  const CallOrigin* const origin_;
  const std::string peer_;
  grpc::ByteBuffer message_;  // being read while reading_

  absl::Mutex mutex_;
  Exchanges exchanges_ ABSL_GUARDED_BY(mutex_);
  std::deque<Exchange*> answers_ ABSL_GUARDED_BY(mutex_);     // ready; the first is being written while writing_
  Exchange* held_ ABSL_GUARDED_BY(mutex_) = nullptr;          // waits for room in the queue
  std::optional<grpc::Alarm> alarm_ ABSL_GUARDED_BY(mutex_);  // to try it again
  bool alarm_is_set_ ABSL_GUARDED_BY(mutex_) = false;
  std::chrono::milliseconds hold_for_ ABSL_GUARDED_BY(mutex_){};  // the next time
  int busy_ ABSL_GUARDED_BY(mutex_) = 0;  // threads that begin or cancel exchanges outside the lock: it stays as it is
  bool reading_ ABSL_GUARDED_BY(mutex_) = false;
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  bool is_ended_ ABSL_GUARDED_BY(mutex_) = false;    // EndUpload has been called: a read that goes on is of no use
  bool awaits_end_ ABSL_GUARDED_BY(mutex_) = false;  // it is going to be
  bool no_more_requests_ ABSL_GUARDED_BY(mutex_) = false;
  bool broken_ ABSL_GUARDED_BY(mutex_) = false;  // nobody reads answers any more
  absl::Status outcome_ ABSL_GUARDED_BY(mutex_);
  bool cancelled_ ABSL_GUARDED_BY(mutex_) = false;  // by the server: no memory for an answer
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace onebyone
