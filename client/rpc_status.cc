#include "client/rpc_status.h"

#include <grpcpp/support/status.h>

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "google/rpc/error_details.pb.h"

namespace onebyone {
namespace {

absl::StatusCode CodeOf(int code) {
  const bool known = code >= 0 && code <= static_cast<int>(absl::StatusCode::kUnauthenticated);
  return known ? static_cast<absl::StatusCode>(code) : absl::StatusCode::kUnknown;
}

// Appends "; text" unless the message has the text already.
void Append(std::string& message, const std::string& text) {
  if (text.empty() || absl::StrContains(message, text)) return;
  absl::StrAppend(&message, message.empty() ? "" : "; ", text);
}

void AppendViolations(std::string& message, const google::rpc::BadRequest& bad) {
  for (const auto& violation : bad.field_violations()) {
    const bool told =
        absl::StrContains(message, violation.field()) && absl::StrContains(message, violation.description());
    if (!told) Append(message, absl::StrCat(violation.field(), ": ", violation.description()));
  }
}

void AppendResource(std::string& message, const google::rpc::ResourceInfo& resource) {
  if (absl::StrContains(message, resource.resource_name())) return;
  Append(message, absl::StrCat(resource.resource_type(), " '", resource.resource_name(), "'"));
}

void AppendDetail(std::string& message, const google::protobuf::Any& detail) {
  google::rpc::BadRequest bad;
  google::rpc::ResourceInfo resource;
  google::rpc::RetryInfo retry;
  if (detail.UnpackTo(&bad)) return AppendViolations(message, bad);
  if (detail.UnpackTo(&resource)) return AppendResource(message, resource);
  if (detail.UnpackTo(&retry)) {
    const double seconds = static_cast<double>(retry.retry_delay().seconds()) + retry.retry_delay().nanos() * 1e-9;
    Append(message, absl::StrCat("try again in ", seconds, " s"));
  }
}

}  // namespace

absl::Status StatusFromRpc(const google::rpc::Status& status) {
  if (status.code() == 0) return absl::OkStatus();
  std::string message = status.message();
  for (const auto& detail : status.details()) AppendDetail(message, detail);
  absl::Status result(CodeOf(status.code()), message);
  for (const auto& detail : status.details()) result.SetPayload(detail.type_url(), absl::Cord(detail.value()));
  return result;
}

absl::Status StatusFromCall(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  google::rpc::Status rich;
  if (status.error_details().empty() || !rich.ParseFromString(status.error_details())) rich.Clear();
  // The call's own code and message count: they are what every gRPC client sees.
  rich.set_code(status.error_code());
  rich.set_message(status.error_message());
  return StatusFromRpc(rich);
}

}  // namespace onebyone
