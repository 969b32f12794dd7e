#include "server/extract_call.h"

#include <exception>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/base/steady_time.h"
#include "server/answer_buffer.h"
#include "server/grpc_status.h"
#include "server/intake/message_check.h"

namespace onebyone {

Caller CallerOf(const grpc::CallbackServerContext& context) {
  Caller caller{.client = context.peer()};
  const std::chrono::system_clock::time_point deadline = context.deadline();
  if (deadline != std::chrono::system_clock::time_point::max()) {
    // gRPC keeps it by the steady clock, and tells it as the wall clock stands at this moment.
    caller.deadline = SteadyNow() + absl::FromChrono(deadline - std::chrono::system_clock::now());
  }
  return caller;
}

ExtractCall::ExtractCall(grpc::CallbackServerContext& call, grpc::ByteBuffer& answer, ExtractionContext& context,
                         Intake& intake)
    : UnaryCall(call, intake.uploads),
      answer_(answer),
      rule_(intake.rules.extract_features()),
      extraction_(context, context.observability.OriginOf(&call)) {}

void ExtractCall::Begin(grpc::ByteBuffer message) {
  const absl::Status started = Start(std::move(message));
  if (!started.ok()) Finish(FinishingStatus(started, call()));
}

absl::Status ExtractCall::Start(grpc::ByteBuffer message) {
  try {
    RETURN_IF_ERROR(ReadMessage(message, rule_, request_));
    message.Clear();
  } catch (const std::exception& error) {  // no memory
    return absl::ResourceExhaustedError(absl::StrCat("the request could not be taken: ", error.what()));
  }
  return extraction_.Start(request_, response_, CallerOf(call()),
                           [this](const absl::Status& outcome) { Answer(outcome); });
}

void ExtractCall::Answer(const absl::Status& outcome) {
  absl::Status told = outcome;
  try {
    if (outcome.ok()) answer_ = MakeAnswerBuffer(std::move(response_));
  } catch (const std::exception& error) {  // no memory
    told = absl::ResourceExhaustedError(absl::StrCat("no memory for the answer: ", error.what()));
  }
  Finish(FinishingStatus(told, call()));
}

}  // namespace onebyone
