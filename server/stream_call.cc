#include "server/stream_call.h"

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "server/answer_buffer.h"
#include "server/extract_call.h"
#include "server/grpc_status.h"
#include "server/status_details.h"

namespace onebyone {
namespace {

// How long a held request waits at most before it is tried again.
constexpr std::chrono::milliseconds kHeldFor(50);

}  // namespace

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
      ++busy_;
    } else {
      exchanges_.pop_back();
      no_more_requests_ = true;
    }
  }
  if (next == nullptr) return Continue();
  Begin(*next);
  Continue(nullptr, 1);
}

void StreamCall::Begin(Exchange& exchange) {
  exchange.response.set_request_id(exchange.request.request_id());
  Caller caller = CallerOf(call_);
  caller.waits_for_room = true;
  const absl::Status started =
      exchange.extraction.Start(exchange.request.request(), *exchange.response.mutable_response(), std::move(caller),
                                [this, &exchange](const absl::Status& outcome) {
                                  WriteOutcome(exchange, outcome);
                                  Continue(&exchange);
                                });
  if (!started.ok() && !Extraction::FoundNoRoom(started)) WriteOutcome(exchange, started);
  bool is_unwanted = false;
  {
    const absl::MutexLock lock(&mutex_);
    if (Extraction::FoundNoRoom(started)) {
      Hold(exchange);
    } else {
      exchange.begun = true;
      if (!started.ok()) exchange.ended = true;
      if (exchange.ended) answers_.push_back(&exchange);
      is_unwanted = broken_ && !exchange.ended;
    }
  }
  if (is_unwanted) exchange.extraction.Cancel();
}

void StreamCall::Hold(Exchange& exchange) {
  if (broken_) {
    exchange.begun = exchange.ended = true;  // nobody reads an answer
    return;
  }
  held_ = &exchange;
  if (alarm_is_set_) return;
  alarm_is_set_ = true;
  alarm_.Set(std::chrono::system_clock::now() + kHeldFor, [this](bool /*ok*/) {
    Exchange* held = nullptr;
    {
      const absl::MutexLock lock(&mutex_);
      alarm_is_set_ = false;
      held = TakeHeld();
    }
    if (held == nullptr) return Continue();
    Begin(*held);
    Continue(nullptr, 1);
  });
}

StreamCall::Exchange* StreamCall::TakeHeld() {
  Exchange* const held = held_;
  held_ = nullptr;
  if (held != nullptr) ++busy_;
  return held;
}

void StreamCall::WriteOutcome(Exchange& exchange, const absl::Status& outcome) {
  *exchange.response.mutable_status() = ToRpcStatus(outcome);
  if (!outcome.ok()) exchange.response.clear_response();
  exchange.answer = MakeAnswerBuffer(std::move(exchange.response));
}

void StreamCall::OnWriteDone(bool ok) {
  Exchanges answered;  // destroyed outside the lock
  {
    const absl::MutexLock lock(&mutex_);
    writing_ = false;
    const Exchange* const written = answers_.front();
    answers_.pop_front();
    const auto found =
        std::find_if(exchanges_.begin(), exchanges_.end(),
                     [written](const std::unique_ptr<Exchange>& exchange) { return exchange.get() == written; });
    answered.splice(answered.end(), exchanges_, found);
  }
  answered.clear();
  if (!ok) return Break();
  Continue();
}

void StreamCall::OnCancel() { Break(); }

void StreamCall::Break() {
  std::vector<Exchange*> in_work;
  {
    const absl::MutexLock lock(&mutex_);
    broken_ = true;
    if (held_ != nullptr) held_->begun = held_->ended = true;
    held_ = nullptr;
    if (alarm_is_set_) alarm_.Cancel();
    for (const std::unique_ptr<Exchange>& exchange : exchanges_) {
      if (exchange->begun && !exchange->ended) in_work.push_back(exchange.get());
    }
    ++busy_;
  }
  // Outside the lock: what waited ends on this thread, and says so to Continue. Broken, the stream keeps its exchanges
  // to the end.
  for (Exchange* const exchange : in_work) exchange->extraction.Cancel();
  Continue(nullptr, 1);
}

void StreamCall::Continue(Exchange* ended, int no_longer_busy) {
  v1::StreamFeaturesRequest* read = nullptr;
  const grpc::ByteBuffer* write = nullptr;
  Exchange* again = nullptr;
  bool finish = false;
  {
    // One lock for the end and what follows from it: between two, another thread could write the answer, finish the
    // call and delete this.
    const absl::MutexLock lock(&mutex_);
    busy_ -= no_longer_busy;
    if (ended != nullptr) {
      ended->ended = true;
      if (ended->begun) answers_.push_back(ended);  // otherwise Begin does
      again = TakeHeld();
    }
    if (MayRead()) {
      exchanges_.push_back(std::make_unique<Exchange>(context_, origin_));
      read = &exchanges_.back()->request;
      reading_ = true;
    }
    if (!writing_ && !broken_ && !answers_.empty()) {
      write = &answers_.front()->answer;
      writing_ = true;
    }
    finish = IsOver() && !finished_;
    if (finish) finished_ = true;
  }
  // Outside the lock, and safe there: the flags set above keep every other thread from finishing before these have been
  // answered.
  if (read != nullptr) StartRead(read);
  if (write != nullptr) StartWrite(write);
  if (finish) return Finish(grpc::Status::OK);
  if (again == nullptr) return;
  Begin(*again);
  Continue(nullptr, 1);
}

bool StreamCall::MayRead() const {
  return !reading_ && !no_more_requests_ && !broken_ && held_ == nullptr && busy_ == 0 &&
         exchanges_.size() < static_cast<size_t>(context_.limits.stream_window);
}

bool StreamCall::IsOver() const {
  if (reading_ || writing_ || alarm_is_set_ || busy_ > 0) return false;
  if (!broken_) return no_more_requests_ && exchanges_.empty();
  return std::all_of(exchanges_.begin(), exchanges_.end(),
                     [](const std::unique_ptr<Exchange>& exchange) { return exchange->Answered(); });
}

}  // namespace onebyone
