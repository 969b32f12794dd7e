#include "server/stream_call.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/answer_buffer.h"
#include "server/extract_call.h"
#include "server/grpc_status.h"
#include "server/intake/message_check.h"
#include "server/status_details.h"

namespace onebyone {
namespace {

// How long a held request waits at most before it is tried again: the first time, and in the end. To try means to check
// it once more.
constexpr std::chrono::milliseconds kHeldFor(50);
constexpr std::chrono::milliseconds kMostHeldFor(1000);

}  // namespace

StreamCall::StreamCall(grpc::CallbackServerContext& call, ExtractionContext& context, Intake& intake)
    : call_(call),
      context_(context),
      intake_(intake),
      origin_(context.observability.OriginOf(&call)),
      peer_(call.peer()) {
  Continue();
}

void StreamCall::OnReadDone(bool ok) {
  const bool is_ending = !intake_.uploads.Remove(*this, ok ? static_cast<int64_t>(message_.Length()) : 0);
  std::unique_ptr<Exchange> exchange;
  const absl::Status read = ok && !is_ending ? ReadRequest(exchange) : absl::OkStatus();
  Exchange* next = nullptr;
  {
    const absl::MutexLock lock(&mutex_);
    reading_ = false;
    awaits_end_ = is_ending && !is_ended_;
    if (!read.ok() && !NamesField(read)) {
      StopReading(read);
    } else if (exchange == nullptr || broken_) {
      no_more_requests_ = true;
    } else {
      next = exchange.get();
      exchanges_.push_back(std::move(exchange));
      hold_for_ = kHeldFor;
      ++busy_;
    }
  }
  if (next == nullptr) return Continue();
  if (read.ok()) {
    Begin(*next);
  } else {
    Refuse(*next, read);
  }
  Continue(nullptr, 1);
}

void StreamCall::EndUpload(const absl::Status& why) {
  {
    const absl::MutexLock lock(&mutex_);
    is_ended_ = true;
    awaits_end_ = false;
    StopReading(why);
  }
  Continue();
}

absl::Status StreamCall::ReadRequest(std::unique_ptr<Exchange>& exchange) {
  try {
    exchange = std::make_unique<Exchange>(context_, origin_);
    exchange->bytes = static_cast<int64_t>(message_.Length());
    const absl::Status read = ReadMessage(message_, intake_.rules.stream_features(), exchange->request);
    exchange->response.set_request_id(read.ok() ? exchange->request.request_id()
                                                : FindText(message_, v1::StreamFeaturesRequest::kRequestIdFieldNumber));
    message_.Clear();
    return read;
  } catch (const std::exception& error) {  // no memory
    return absl::ResourceExhaustedError(absl::StrCat("the request could not be taken: ", error.what()));
  }
}

void StreamCall::StopReading(const absl::Status& outcome) {
  no_more_requests_ = true;
  outcome_.Update(outcome);  // the first one counts
}

void StreamCall::Refuse(Exchange& exchange, const absl::Status& why) {
  WriteOutcome(exchange, why);
  const absl::MutexLock lock(&mutex_);
  exchange.begun = exchange.ended = true;
  answers_.push_back(&exchange);
}

void StreamCall::Begin(Exchange& exchange) {
  if (!exchange.held) exchange.held = intake_.held.Take(exchange.bytes);
  Caller caller = CallerOf(call_);
  caller.request_id = exchange.request.request_id();
  caller.waits_for_room = static_cast<bool>(exchange.held);
  const absl::Status started =
      exchange.extraction.Start(exchange.request.request(), *exchange.response.mutable_response(), std::move(caller),
                                [this, &exchange](const absl::Status& outcome) {
                                  WriteOutcome(exchange, outcome);
                                  Continue(&exchange);
                                });
  const bool is_held = exchange.held && Extraction::FoundNoRoom(started);
  if (!is_held) exchange.held = ByteBudget::Part();
  if (!started.ok() && !is_held) WriteOutcome(exchange, started);
  bool is_unwanted = false;
  {
    const absl::MutexLock lock(&mutex_);
    if (is_held) {
      Hold(exchange);
    } else {
      exchange.begun = true;
      if (!started.ok()) exchange.ended = true;
      if (exchange.ended) answers_.push_back(&exchange);
      is_unwanted = broken_ && !exchange.ended;
    }
    if (!started.ok() && ReasonOf(started) == reason::kDraining) StopReading(started);
  }
  if (is_unwanted) exchange.extraction.Cancel();
}

void StreamCall::Hold(Exchange& exchange) {
  if (broken_) {
    exchange.begun = exchange.ended = true;  // nobody reads an answer
    exchange.held = ByteBudget::Part();
    return;
  }
  held_ = &exchange;
  if (alarm_is_set_) return;
  alarm_is_set_ = true;
  alarm_.emplace();  // another one: this may be the last one's callback, which setting it again would overwrite
  alarm_->Set(std::chrono::system_clock::now() + hold_for_, [this](bool /*ok*/) {
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
  hold_for_ = std::min(2 * hold_for_, kMostHeldFor);
}

StreamCall::Exchange* StreamCall::TakeHeld() {
  Exchange* const held = held_;
  held_ = nullptr;
  if (held != nullptr) ++busy_;
  return held;
}

void StreamCall::WriteOutcome(Exchange& exchange, const absl::Status& outcome) {
  try {
    *exchange.response.mutable_status() = ToRpcStatus(outcome);
    if (!outcome.ok()) exchange.response.clear_response();
    exchange.answer = MakeAnswerBuffer(std::move(exchange.response));
    return;
  } catch (const std::exception&) {  // no memory
    exchange.response.Clear();       // and its maps
  }
  try {
    exchange.response.set_request_id(exchange.request.request_id());
    *exchange.response.mutable_status() = ToRpcStatus(absl::ResourceExhaustedError("no memory for the answer"));
    exchange.answer = MakeAnswerBuffer(std::move(exchange.response));
  } catch (const std::exception&) {  // not even for that: Continue breaks the stream
    exchange.answer = grpc::ByteBuffer();
  }
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
    if (held_ != nullptr) {
      held_->begun = held_->ended = true;
      held_->held = ByteBudget::Part();
    }
    held_ = nullptr;
    if (alarm_is_set_) alarm_->Cancel();
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
  bool read = false;
  const grpc::ByteBuffer* write = nullptr;
  Exchange* again = nullptr;
  bool finish = false;
  bool cancel = false;
  absl::Status outcome;
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
      read = reading_ = true;
      ++busy_;  // EndUpload may come before the read has begun
    }
    if (!writing_ && !broken_ && !answers_.empty()) {
      write = &answers_.front()->answer;
      if (write->Valid()) {
        writing_ = true;
      } else {
        write = nullptr;
        cancel = !cancelled_;
        cancelled_ = true;
        if (cancel) ++busy_;
      }
    }
    finish = IsOver() && !finished_;
    if (finish) {
      finished_ = true;
      outcome = outcome_;
    }
  }
  // Outside the lock, and safe there: the flags set above keep every other thread from finishing before these have been
  // answered.
  if (read) {
    intake_.uploads.Add(*this, Upload::Kind::kNextOfStream, peer_);
    StartRead(&message_);
  }
  if (write != nullptr) StartWrite(write);
  if (cancel) call_.TryCancel();  // OnCancel follows
  if (finish) return Finish(FinishingStatus(outcome, call_));
  if (again != nullptr) Begin(*again);
  const int was_busy = (read ? 1 : 0) + (cancel ? 1 : 0) + (again != nullptr ? 1 : 0);
  if (was_busy > 0) Continue(nullptr, was_busy);
}

bool StreamCall::MayRead() const {
  return !reading_ && !no_more_requests_ && !broken_ && held_ == nullptr && busy_ == 0 &&
         exchanges_.size() < static_cast<size_t>(context_.limits.stream_window);
}

bool StreamCall::IsOver() const {
  if ((reading_ && !is_ended_) || awaits_end_ || writing_ || alarm_is_set_ || busy_ > 0) return false;
  if (!broken_) return no_more_requests_ && exchanges_.empty();
  return std::all_of(exchanges_.begin(), exchanges_.end(),
                     [](const std::unique_ptr<Exchange>& exchange) { return exchange->Answered(); });
}

}  // namespace onebyone
