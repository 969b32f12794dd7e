#include "server/extract_call.h"

#include <exception>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/answer_buffer.h"
#include "server/grpc_status.h"

namespace onebyone {

Caller CallerOf(const grpc::CallbackServerContext& context) {
  Caller caller{.client = context.peer()};
  const std::chrono::system_clock::time_point deadline = context.deadline();
  if (deadline != std::chrono::system_clock::time_point::max()) caller.deadline = absl::FromChrono(deadline);
  return caller;
}

ExtractCall::ExtractCall(grpc::CallbackServerContext& call, const v1::ExtractFeaturesRequest& request,
                         grpc::ByteBuffer& answer, ExtractionContext& context)
    : call_(call), answer_(answer), extraction_(context, context.observability.OriginOf(&call)) {
  const absl::Status started =
      extraction_.Start(request, response_, CallerOf(call_), [this](const absl::Status& outcome) { Answer(outcome); });
  if (!started.ok()) Finish(FinishingStatus(started, call_));
}

void ExtractCall::Answer(const absl::Status& outcome) {
  absl::Status told = outcome;
  try {
    if (outcome.ok()) answer_ = MakeAnswerBuffer(std::move(response_));
  } catch (const std::exception& error) {  // no memory
    told = absl::ResourceExhaustedError(absl::StrCat("no memory for the answer: ", error.what()));
  }
  Finish(FinishingStatus(told, call_));
}

}  // namespace onebyone
