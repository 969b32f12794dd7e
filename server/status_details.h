#pragma once

#include <optional>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/rpc/status.pb.h"

// google.rpc error details, carried as payloads of an absl::Status until grpc_status.h puts them on the wire. All
// functions are thread-safe.

namespace onebyone {

// INVALID_ARGUMENT "field: description" with a BadRequest that names the field. `description` says what, wanted, got.
absl::Status InvalidField(absl::string_view field, absl::string_view description);

// `status`, its message led by the field, with a BadRequest that names the field. An OK status stays as it is.
absl::Status AtField(absl::string_view field, const absl::Status& status);

// `status` with `rename` applied to the field that its BadRequest names, in the message too. Others stay as they are.
absl::Status WithRenamedField(const absl::Status& status, absl::FunctionRef<std::string(absl::string_view)> rename);

// Whether it has a BadRequest.
bool NamesField(const absl::Status& status);

// NOT_FOUND with a ResourceInfo. `type` is "model" or the like.
absl::Status ResourceNotFound(absl::string_view type, absl::string_view name, absl::string_view description);

// `status` with a RetryInfo: the client may try again after `delay`.
absl::Status WithRetryAfter(absl::Status status, absl::Duration delay);

// The delay of WithRetryAfter, where there is one.
std::optional<absl::Duration> RetryAfter(const absl::Status& status);

// Reasons of refusals, as an ErrorInfo tells them.
namespace reason {
inline constexpr char kQueueFull[] = "QUEUE_FULL";
inline constexpr char kClientShare[] = "CLIENT_SHARE";
inline constexpr char kMemoryBudget[] = "MEMORY_BUDGET";
inline constexpr char kDraining[] = "DRAINING";
}  // namespace reason

// `status` with an ErrorInfo of domain "onebyone": why, as a word for programs.
absl::Status WithReason(absl::Status status, absl::string_view reason);

// The reason of WithReason; empty where there is none.
std::string ReasonOf(const absl::Status& status);

// What a client sent, fit for a message: cut to 64 bytes, quoted, with control characters escaped.
std::string QuotedInput(absl::string_view text);

// Code, message and details as google.rpc.Status. The message is cut to 1,024 bytes, and details that would take the
// whole over 4 KiB are left out: clients refuse trailers over 8 KiB.
google::rpc::Status ToRpcStatus(const absl::Status& status);

}  // namespace onebyone
