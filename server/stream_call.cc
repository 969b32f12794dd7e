#include "server/stream_call.h"

#include <algorithm>

#include "server/extract_call.h"
#include "server/grpc_status.h"
#include "server/status_details.h"

namespace onebyone {

StreamCall::StreamCall(grpc::CallbackServerContext& call, ExtractionContext& context)
    : call_(call), context_(context), origin_(context.observability.OriginOf(&call)) {
  Continue();
}

void StreamCall::OnReadDone(bool ok) {
  Exchange* next = nullptr;
  {
    const absl::MutexLock lock(&mutex_);
    reading_ = false;
    if (ok && !broken_) {
      next = exchanges_.back().get();
    } else {
      exchanges_.pop_back();
      no_more_requests_ = true;
    }
  }
  if (next != nullptr) Begin(*next);
  Continue();
}

void StreamCall::Begin(Exchange& exchange) {
  exchange.response.set_request_id(exchange.request.request_id());
  const absl::Status started =
      exchange.extraction.Start(exchange.request.request(), *exchange.response.mutable_response(), DeadlineOf(call_),
                                [this, &exchange](const absl::Status& outcome) {
                                  WriteOutcome(exchange, outcome);
                                  Continue(&exchange);
                                });
  if (!started.ok()) WriteOutcome(exchange, started);
  const absl::MutexLock lock(&mutex_);
  exchange.begun = true;
  if (!started.ok()) exchange.ended = true;
  if (exchange.ended) {
    answers_.push_back(&exchange);
  } else if (broken_) {
    exchange.extraction.Cancel();
  }
}

void StreamCall::WriteOutcome(Exchange& exchange, const absl::Status& outcome) {
  *exchange.response.mutable_status() = ToRpcStatus(outcome);
  if (!outcome.ok()) exchange.response.clear_response();
}

void StreamCall::OnWriteDone(bool ok) {
  Exchanges answered;  // destroyed outside the lock
  {
    const absl::MutexLock lock(&mutex_);
    writing_ = false;
    if (!ok) Break();
    const Exchange* const written = answers_.front();
    answers_.pop_front();
    const auto found =
        std::find_if(exchanges_.begin(), exchanges_.end(),
                     [written](const std::unique_ptr<Exchange>& exchange) { return exchange.get() == written; });
    answered.splice(answered.end(), exchanges_, found);
  }
  Continue();
}

void StreamCall::OnCancel() {
  const absl::MutexLock lock(&mutex_);
  Break();
}

void StreamCall::Break() {
  broken_ = true;
  for (const std::unique_ptr<Exchange>& exchange : exchanges_) {
    if (exchange->begun && !exchange->ended) exchange->extraction.Cancel();
  }
}

void StreamCall::Continue(Exchange* ended) {
  v1::StreamFeaturesRequest* read = nullptr;
  const v1::StreamFeaturesResponse* write = nullptr;
  bool finish = false;
  {
    // One lock for the end and what follows from it: between two, another thread could write the answer, finish the
    // call and delete this.
    const absl::MutexLock lock(&mutex_);
    if (ended != nullptr) {
      ended->ended = true;
      if (ended->begun) answers_.push_back(ended);  // otherwise Begin does
    }
    if (!reading_ && !no_more_requests_ && !broken_ && exchanges_.size() < kMostInWork) {
      exchanges_.push_back(std::make_unique<Exchange>(context_, origin_));
      read = &exchanges_.back()->request;
      reading_ = true;
    }
    if (!writing_ && !broken_ && !answers_.empty()) {
      write = &answers_.front()->response;
      writing_ = true;
    }
    const bool over = broken_ || (no_more_requests_ && exchanges_.empty());
    const bool idle = !reading_ && !writing_ &&
                      std::all_of(exchanges_.begin(), exchanges_.end(),
                                  [](const std::unique_ptr<Exchange>& exchange) { return exchange->Answered(); });
    finish = over && idle && !finished_;
    if (finish) finished_ = true;
  }
  // Outside the lock, and safe there: the flags set above keep every other thread from finishing before these have been
  // answered.
  if (read != nullptr) StartRead(read);
  if (write != nullptr) StartWrite(write);
  if (finish) Finish(grpc::Status::OK);
}

}  // namespace onebyone
