#include "server/grpc_status.h"

#include <grpcpp/server_context.h>

#include <algorithm>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "server/status_details.h"

namespace onebyone {
namespace {

constexpr char kPushback[] = "grpc-retry-pushback-ms";

}  // namespace

grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  const google::rpc::Status rpc = ToRpcStatus(status);
  // The codes of both libraries are the canonical ones, with equal numbers.
  return {static_cast<grpc::StatusCode>(rpc.code()), rpc.message(), rpc.SerializeAsString()};
}

grpc::Status FinishingStatus(const absl::Status& status, grpc::CallbackServerContext& context) {
  if (const std::optional<absl::Duration> delay = RetryAfter(status)) {
    const int64_t milliseconds = std::clamp<int64_t>(absl::ToInt64Milliseconds(*delay), 0, 3'600'000);
    context.AddTrailingMetadata(kPushback, absl::StrCat(milliseconds));
  } else if (status.code() == absl::StatusCode::kDeadlineExceeded) {
    context.AddTrailingMetadata(kPushback, "-1");
  }
  return ToGrpcStatus(status);
}

}  // namespace onebyone
