#include "server/extract_call.h"

#include "server/grpc_status.h"

namespace onebyone {

absl::Time DeadlineOf(const grpc::CallbackServerContext& context) {
  const std::chrono::system_clock::time_point deadline = context.deadline();
  if (deadline == std::chrono::system_clock::time_point::max()) return absl::InfiniteFuture();
  return absl::FromChrono(deadline);
}

ExtractCall::ExtractCall(grpc::CallbackServerContext& call, const v1::ExtractFeaturesRequest& request,
                         v1::ExtractFeaturesResponse& response, ExtractionContext& context)
    : call_(call), extraction_(context, context.observability.OriginOf(&call)) {
  const absl::Status started =
      extraction_.Start(request, response, DeadlineOf(call_),
                        [this](const absl::Status& outcome) { Finish(FinishingStatus(outcome, call_)); });
  if (!started.ok()) Finish(FinishingStatus(started, call_));
}

}  // namespace onebyone
