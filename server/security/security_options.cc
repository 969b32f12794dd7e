#include "server/security/security_options.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "server/security/method_list.h"

namespace onebyone {
namespace {

absl::Status Needs(const std::string& value, absl::string_view option, const std::string& other_value,
                   absl::string_view other) {
  if (value.empty() || !other_value.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("--", option, ": wanted --", other, " beside it, got none"));
}

}  // namespace

bool IsLocalAddress(const std::string& address) {
  if (absl::StartsWith(address, "unix:")) return true;
  const std::string host = address.substr(0, address.rfind(':'));
  // A name that only looks like an address, as 127.evil.example, is not let through.
  const bool digits = host.find_first_not_of("0123456789.") == std::string::npos;
  return host == "localhost" || host == "[::1]" || (digits && absl::StartsWith(host, "127."));
}

absl::Status SecurityOptions::Validate(const std::string& listen) const {
  RETURN_IF_ERROR(Needs(tls_certificate, "tls-certificate", tls_key, "tls-key"));
  RETURN_IF_ERROR(Needs(tls_key, "tls-key", tls_certificate, "tls-certificate"));
  RETURN_IF_ERROR(Needs(tls_client_ca, "tls-client-ca", tls_certificate, "tls-certificate"));
  if (allow_insecure_tokens && token_file.empty()) {
    return absl::InvalidArgumentError("--allow-insecure-tokens: wanted --token-file beside it, got none");
  }
  if (!token_file.empty() && tls_certificate.empty() && !allow_insecure_tokens && !IsLocalAddress(listen)) {
    return absl::InvalidArgumentError(
        absl::StrCat("--token-file: tokens would cross the network in the clear on --listen ", listen,
                     ": wanted --tls-certificate, or --allow-insecure-tokens where something else encrypts"));
  }
  if (!health_listen.empty() && health_listen == listen && !absl::EndsWith(listen, ":0")) {
    return absl::InvalidArgumentError(
        absl::StrCat("--health-listen: wanted another address than --listen, got ", listen));
  }
  return MethodList::Parse(allow_methods).status();
}

}  // namespace onebyone
