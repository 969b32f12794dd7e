#include "server/kserve/infer_call.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "server/extract_call.h"
#include "server/grpc_status.h"
#include "server/kserve/field_names.h"
#include "server/kserve/infer_response.h"
#include "server/status_details.h"

namespace onebyone {

InferCall::InferCall(grpc::CallbackServerContext& call, const inference::ModelInferRequest& request,
                     inference::ModelInferResponse& response, ExtractionContext& context)
    : call_(call), response_(response), context_(context), extraction_(context, context.observability.OriginOf(&call)) {
  response_.set_id(request.id());
  const absl::Status started = Start(request);
  if (!started.ok()) Finish(FinishingStatus(started, call_));
}

absl::Status InferCall::Start(const inference::ModelInferRequest& request) {
  try {
    ASSIGN_OR_RETURN(request_, ReadInferRequest(request, context_.limits));
  } catch (const std::exception& error) {  // no memory
    return absl::ResourceExhaustedError(absl::StrCat("the request could not be taken: ", error.what()));
  }
  Caller caller = CallerOf(call_);
  caller.deadline = std::min(caller.deadline, context_.clock() + request_.timeout);
  const absl::Status started = extraction_.Start(
      request_.features, features_, std::move(caller),
      [this](const absl::Status& outcome) { Finish(FinishingStatus(Answer(outcome), call_)); },
      std::move(request_.tensor.images));
  return WithRenamedField(started, InferFieldOf);
}

absl::Status InferCall::Answer(const absl::Status& outcome) {
  if (!outcome.ok()) return WithRenamedField(outcome, InferFieldOf);
  try {
    WriteInferResponse(features_, response_);
  } catch (const std::exception& error) {  // no memory
    return absl::ResourceExhaustedError(absl::StrCat("no memory for the answer: ", error.what()));
  }
  return absl::OkStatus();
}

}  // namespace onebyone
