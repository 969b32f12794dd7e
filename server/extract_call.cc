#include "server/extract_call.h"

#include "server/grpc_status.h"

namespace onebyone {

Caller CallerOf(const grpc::CallbackServerContext& context) {
  Caller caller{.client = context.peer()};
  const std::chrono::system_clock::time_point deadline = context.deadline();
  if (deadline != std::chrono::system_clock::time_point::max()) caller.deadline = absl::FromChrono(deadline);
  return caller;
}

ExtractCall::ExtractCall(grpc::CallbackServerContext& call, const v1::ExtractFeaturesRequest& request,
                         v1::ExtractFeaturesResponse& response, ExtractionContext& context)
    : call_(call), extraction_(context, context.observability.OriginOf(&call)) {
  const absl::Status started =
      extraction_.Start(request, response, CallerOf(call_),
                        [this](const absl::Status& outcome) { Finish(FinishingStatus(outcome, call_)); });
  if (!started.ok()) Finish(FinishingStatus(started, call_));
}

}  // namespace onebyone
