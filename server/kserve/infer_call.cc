#include "server/kserve/infer_call.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "server/extract_call.h"
#include "server/grpc_status.h"
#include "server/intake/message_check.h"
#include "server/kserve/field_names.h"
#include "server/kserve/infer_response.h"
#include "server/status_details.h"

namespace onebyone {

InferCall::InferCall(grpc::CallbackServerContext& call, grpc::ByteBuffer& answer, ExtractionContext& context,
                     Intake& intake)
    : UnaryCall(call, intake.uploads),
      answer_(answer),
      context_(context),
      rule_(intake.rules.model_infer()),
      extraction_(context, context.observability.OriginOf(&call)) {}

void InferCall::Begin(grpc::ByteBuffer message) {
  const absl::Status started = Start(std::move(message));
  if (!started.ok()) return Finish(FinishingStatus(started, call()));
  SetAlarm();  // the call may be finished, but gRPC is done with it no earlier than when this has returned
}

void InferCall::SetAlarm() {
  if (request_.timeout == absl::InfiniteDuration() || deadline_ >= CallerOf(call()).deadline) return;
  ++users_;
  // A millisecond later, for gRPC's clock may be ahead of ours by less: what ends then has passed its deadline.
  const absl::Duration left = deadline_ - context_.clock() + absl::Milliseconds(1);
  alarm_.Set(std::chrono::system_clock::now() + absl::ToChronoMicroseconds(left), [this](bool is_time) {
    if (is_time) extraction_.Cancel();
    Release();
  });
}

void InferCall::OnDone() {
  alarm_.Cancel();
  Release();
}

void InferCall::Release() {
  if (--users_ == 0) delete this;
}

absl::Status InferCall::Start(grpc::ByteBuffer message) {
  try {
    RETURN_IF_ERROR(Read(std::move(message)));
  } catch (const std::exception& error) {  // no memory
    return absl::ResourceExhaustedError(absl::StrCat("the request could not be taken: ", error.what()));
  }
  Caller caller = CallerOf(call());
  deadline_ = std::min(caller.deadline, context_.clock() + request_.timeout);
  caller.deadline = deadline_;
  caller.request_id = message_.id();
  const absl::Status started = extraction_.Start(
      request_.features, features_, std::move(caller),
      [this](const absl::Status& outcome) { Finish(FinishingStatus(Answer(outcome), call())); },
      std::move(request_.tensor.images));
  return WithRenamedField(started, InferFieldOf);
}

absl::Status InferCall::Read(grpc::ByteBuffer message) {
  RETURN_IF_ERROR(ReadMessage(message, rule_, message_));
  message.Clear();
  ASSIGN_OR_RETURN(request_, ReadInferRequest(message_, context_.limits));
  return absl::OkStatus();
}

absl::Status InferCall::Answer(const absl::Status& outcome) {
  if (!outcome.ok()) return WithRenamedField(outcome, InferFieldOf);
  try {
    answer_ = MakeInferAnswer(std::move(features_), message_.id());
  } catch (const std::exception& error) {  // no memory
    return absl::ResourceExhaustedError(absl::StrCat("no memory for the answer: ", error.what()));
  }
  return absl::OkStatus();
}

}  // namespace onebyone
