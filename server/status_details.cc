#include "server/status_details.h"

#include <cstddef>
#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "google/protobuf/duration.pb.h"
#include "google/rpc/error_details.pb.h"

namespace onebyone {
namespace {

constexpr size_t kMaxQuotedBytes = 64;
constexpr size_t kMaxMessageBytes = 1024;
constexpr size_t kMaxStatusBytes = 4096;

// At most `limit` bytes of `text`, never half of a UTF-8 character.
absl::string_view Cut(absl::string_view text, size_t limit) {
  if (text.size() <= limit) return text;
  while (limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xC0U) == 0x80U) --limit;
  return text.substr(0, limit);
}

template <typename Message>
std::string TypeUrl() {
  return absl::StrCat("type.googleapis.com/", Message::descriptor()->full_name());
}

template <typename Message>
void Attach(const Message& detail, absl::Status& status) {
  status.SetPayload(TypeUrl<Message>(), absl::Cord(detail.SerializeAsString()));
}

absl::Status WithViolation(absl::StatusCode code, absl::string_view field, absl::string_view description) {
  absl::Status status(code, absl::StrCat(field, ": ", description));
  google::rpc::BadRequest detail;
  auto* violation = detail.add_field_violations();
  violation->set_field(std::string(field));
  violation->set_description(std::string(Cut(description, kMaxMessageBytes)));
  Attach(detail, status);
  return status;
}

}  // namespace

absl::Status InvalidField(absl::string_view field, absl::string_view description) {
  return WithViolation(absl::StatusCode::kInvalidArgument, field, description);
}

absl::Status AtField(absl::string_view field, const absl::Status& status) {
  if (status.ok()) return status;
  return WithViolation(status.code(), field, status.message());
}

absl::Status WithRenamedField(const absl::Status& status, absl::FunctionRef<std::string(absl::string_view)> rename) {
  const absl::optional<absl::Cord> payload = status.GetPayload(TypeUrl<google::rpc::BadRequest>());
  google::rpc::BadRequest detail;
  if (!payload.has_value() || !detail.ParseFromString(std::string(*payload))) return status;
  const std::string& field = detail.field_violations(0).field();  // WithViolation attaches one
  absl::string_view description = status.message();
  absl::ConsumePrefix(&description, absl::StrCat(field, ": "));
  return WithViolation(status.code(), rename(field), description);
}

bool NamesField(const absl::Status& status) {
  return status.GetPayload(TypeUrl<google::rpc::BadRequest>()).has_value();
}

absl::Status ResourceNotFound(absl::string_view type, absl::string_view name, absl::string_view description) {
  absl::Status status = absl::NotFoundError(description);
  google::rpc::ResourceInfo detail;
  detail.set_resource_type(std::string(type));
  detail.set_resource_name(std::string(Cut(name, kMaxQuotedBytes)));
  detail.set_description(std::string(Cut(description, kMaxMessageBytes)));
  Attach(detail, status);
  return status;
}

absl::Status WithRetryAfter(absl::Status status, absl::Duration delay) {
  google::rpc::RetryInfo detail;
  const int64_t nanoseconds = absl::ToInt64Nanoseconds(delay);
  detail.mutable_retry_delay()->set_seconds(nanoseconds / 1'000'000'000);
  detail.mutable_retry_delay()->set_nanos(static_cast<int32_t>(nanoseconds % 1'000'000'000));
  Attach(detail, status);
  return status;
}

std::optional<absl::Duration> RetryAfter(const absl::Status& status) {
  const absl::optional<absl::Cord> payload = status.GetPayload(TypeUrl<google::rpc::RetryInfo>());
  if (!payload.has_value()) return std::nullopt;
  google::rpc::RetryInfo detail;
  if (!detail.ParseFromString(std::string(*payload))) return std::nullopt;
  return absl::Seconds(detail.retry_delay().seconds()) + absl::Nanoseconds(detail.retry_delay().nanos());
}

absl::Status WithReason(absl::Status status, absl::string_view reason) {
  google::rpc::ErrorInfo detail;
  detail.set_reason(std::string(reason));
  detail.set_domain("onebyone");
  Attach(detail, status);
  return status;
}

std::string ReasonOf(const absl::Status& status) {
  const absl::optional<absl::Cord> payload = status.GetPayload(TypeUrl<google::rpc::ErrorInfo>());
  google::rpc::ErrorInfo detail;
  if (!payload.has_value() || !detail.ParseFromString(std::string(*payload))) return "";
  return detail.reason();
}

std::string QuotedInput(absl::string_view text) {
  const absl::string_view cut = Cut(text, kMaxQuotedBytes);
  return absl::StrCat("'", absl::Utf8SafeCEscape(cut), cut.size() < text.size() ? "...'" : "'");
}

google::rpc::Status ToRpcStatus(const absl::Status& status) {
  google::rpc::Status rpc;
  rpc.set_code(static_cast<int>(status.code()));
  rpc.set_message(std::string(Cut(status.message(), kMaxMessageBytes)));
  status.ForEachPayload([&rpc](absl::string_view type_url, const absl::Cord& payload) {
    if (rpc.ByteSizeLong() + type_url.size() + payload.size() > kMaxStatusBytes) return;
    auto* detail = rpc.add_details();
    detail->set_type_url(std::string(type_url));
    detail->set_value(std::string(payload));
  });
  return rpc;
}

}  // namespace onebyone
