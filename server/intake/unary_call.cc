#include "server/intake/unary_call.h"

#include <utility>

#include "server/grpc_status.h"

namespace onebyone {

UnaryCall::UnaryCall(grpc::CallbackServerContext& call, Uploads& uploads) : call_(call), uploads_(uploads) {
  uploads_.Add(*this, Upload::Kind::kMessage, call_.peer());
  StartRead(&message_);
}

void UnaryCall::OnReadDone(bool ok) {
  if (!uploads_.Remove(*this, ok ? static_cast<int64_t>(message_.Length()) : 0)) return;  // EndUpload finishes
  if (ok) {
    Begin(std::move(message_));  // gRPC deletes this no earlier than when this function has returned
    has_begun_ = true;
    if (is_cancelled_) CancelOnce();
    return;
  }
  Finish(FinishingStatus(call_.IsCancelled()
                             ? absl::CancelledError("the call was cancelled before its message had come")
                             : absl::InvalidArgumentError("the call has no message; wanted one, got none"),
                         call_));
}

void UnaryCall::OnCancel() {
  is_cancelled_ = true;
  if (has_begun_) CancelOnce();
}

void UnaryCall::CancelOnce() {
  if (!cancel_is_called_.exchange(true)) Cancel();
}

void UnaryCall::EndUpload(const absl::Status& why) { Finish(FinishingStatus(why, call_)); }

}  // namespace onebyone
