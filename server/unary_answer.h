#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <exception>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "server/grpc_status.h"

namespace onebyone {

// Answers a call at once with what `fill`, which returns an absl::Status, says.
template <typename Fill>
grpc::ServerUnaryReactor* Answer(grpc::CallbackServerContext& context, Fill fill) {
  absl::Status status;
  try {
    status = fill();
  } catch (const std::exception& error) {  // no memory
    status = absl::ResourceExhaustedError(absl::StrCat("the request could not be answered: ", error.what()));
  }
  grpc::ServerUnaryReactor* const reactor = context.DefaultReactor();
  reactor->Finish(FinishingStatus(status, context));
  return reactor;
}

}  // namespace onebyone
