#include "client/client_options.h"

#include <limits>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "client/target.h"
#include "engine/base/status_macros.h"

namespace onebyone {
namespace {

absl::Status ValidateBytes(absl::string_view name, int64_t bytes) {
  if (bytes >= 1 && bytes <= std::numeric_limits<int>::max()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(name, ": want 1 to 2147483647 bytes, got ", bytes));
}

absl::Status ValidateRetry(const RetryPolicy& retry) {
  if (retry.max_attempts < 1 || retry.max_attempts > 5) {
    return absl::InvalidArgumentError(absl::StrCat("retry attempts: want 1 to 5, got ", retry.max_attempts));
  }
  if (retry.initial_backoff < absl::Milliseconds(1) || retry.max_backoff < retry.initial_backoff) {
    return absl::InvalidArgumentError(absl::StrCat("retry backoff: want 1ms <= initial <= max, got ",
                                                   absl::FormatDuration(retry.initial_backoff), " and ",
                                                   absl::FormatDuration(retry.max_backoff)));
  }
  if (!(retry.backoff_multiplier >= 1)) {
    return absl::InvalidArgumentError(
        absl::StrCat("retry backoff multiplier: want at least 1, got ", retry.backoff_multiplier));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ClientOptions::Validate() const {
  RETURN_IF_ERROR(ValidateTarget(target));
  if (deadline <= absl::ZeroDuration()) {
    return absl::InvalidArgumentError(
        absl::StrCat("deadline: want more than 0 seconds, got ", absl::FormatDuration(deadline)));
  }
  RETURN_IF_ERROR(ValidateBytes("longest message to send", max_send_bytes));
  RETURN_IF_ERROR(ValidateBytes("longest message to receive", max_receive_bytes));
  RETURN_IF_ERROR(security.Validate(target));
  if (security.tls && security.server_name.empty() && IsServerList(target) && CommonHost(target).empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--tls-server-name: want the name that the certificates of all servers have, got none for '", target, "'"));
  }
  RETURN_IF_ERROR(hedge.Validate());
  return ValidateRetry(retry);
}

}  // namespace onebyone
