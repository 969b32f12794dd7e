#include "client/client_options.h"

#include <limits>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "engine/base/status_macros.h"

namespace onebyone {
namespace {

bool HasScheme(absl::string_view target) {
  for (const absl::string_view scheme : {"unix:", "unix-abstract:", "dns:", "ipv4:", "ipv6:"}) {
    if (absl::StartsWith(target, scheme)) return true;
  }
  return absl::StrContains(target, "://");
}

absl::Status ValidateTarget(absl::string_view target) {
  if (HasScheme(target)) return absl::OkStatus();
  const absl::Status wrong = absl::InvalidArgumentError(absl::StrCat("server: want HOST:PORT, got '", target, "'"));
  const size_t colon = target.rfind(':');
  if (colon == absl::string_view::npos || colon == 0) return wrong;
  const absl::string_view host = target.substr(0, colon);
  const bool bracketed = absl::StartsWith(host, "[") && absl::EndsWith(host, "]");
  if (absl::StrContains(host, ":") && !bracketed) return wrong;
  int port = 0;
  if (!absl::SimpleAtoi(target.substr(colon + 1), &port) || port < 1 || port > 65535) return wrong;
  return absl::OkStatus();
}

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
  return ValidateRetry(retry);
}

}  // namespace onebyone
