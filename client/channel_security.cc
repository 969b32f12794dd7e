#include "client/channel_security.h"

#include <grpcpp/security/credentials.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "engine/base/file.h"
#include "engine/base/status_macros.h"

namespace onebyone {
namespace {

constexpr int64_t kMaxFileBytes = int64_t{1} << 20;

bool IsThisMachine(absl::string_view address) {
  const absl::string_view host = address.substr(0, address.rfind(':'));
  // A name that only looks like an address, as 127.evil.example, is none.
  const bool digits = host.find_first_not_of("0123456789.") == absl::string_view::npos;
  return host == "localhost" || host == "[::1]" || (digits && absl::StartsWith(host, "127."));
}

// Whether all that is sent to the target stays on this machine.
bool StaysHere(absl::string_view target) {
  if (absl::StartsWith(target, "unix:") || absl::StartsWith(target, "unix-abstract:")) return true;
  for (const absl::string_view scheme : {"dns:", "ipv4:", "ipv6:"}) absl::ConsumePrefix(&target, scheme);
  absl::ConsumePrefix(&target, "///");
  const std::vector<absl::string_view> addresses = absl::StrSplit(target, ',');
  return std::all_of(addresses.begin(), addresses.end(), IsThisMachine);
}

absl::StatusOr<std::string> ReadOptional(const std::string& path) {
  if (path.empty()) return std::string();
  return ReadFile(path, kMaxFileBytes);
}

absl::StatusOr<std::string> ReadToken(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string content, ReadFile(path, kMaxFileBytes));
  const absl::string_view token = absl::StripAsciiWhitespace(content);
  if (!token.empty() && std::all_of(token.begin(), token.end(), absl::ascii_isgraph)) return std::string(token);
  return absl::InvalidArgumentError(
      absl::StrCat("--token-file ", path, ": want a token alone in the file, got ",
                   token.empty() ? "nothing" : "several words or other characters than ASCII"));
}

}  // namespace

absl::Status ChannelSecurity::Validate(const std::string& target) const {
  const absl::string_view idle = !ca_file.empty()            ? "--tls-ca"
                                 : !certificate_file.empty() ? "--tls-certificate"
                                 : !key_file.empty()         ? "--tls-key"
                                 : !server_name.empty()      ? "--tls-server-name"
                                                             : "";
  if (!tls && !idle.empty()) return absl::InvalidArgumentError(absl::StrCat(idle, ": want --tls beside it, got none"));
  if (certificate_file.empty() != key_file.empty()) {
    return absl::InvalidArgumentError(certificate_file.empty()
                                          ? "--tls-key: want --tls-certificate beside it, got none"
                                          : "--tls-certificate: want --tls-key beside it, got none");
  }
  if (!tls && !token_file.empty() && !StaysHere(target)) {
    return absl::InvalidArgumentError(absl::StrCat("--token-file: the token would cross the network to ", target,
                                                   " in the clear: want --tls beside it, got none"));
  }
  return absl::OkStatus();
}

absl::StatusOr<ChannelSecrets> ReadSecrets(const ChannelSecurity& security) {
  ChannelSecrets secrets;
  if (security.tls) {
    grpc::SslCredentialsOptions files;
    ASSIGN_OR_RETURN(files.pem_root_certs, ReadOptional(security.ca_file));
    ASSIGN_OR_RETURN(files.pem_cert_chain, ReadOptional(security.certificate_file));
    ASSIGN_OR_RETURN(files.pem_private_key, ReadOptional(security.key_file));
    secrets.credentials = grpc::SslCredentials(files);
  } else {
    secrets.credentials = grpc::InsecureChannelCredentials();
  }
  if (!security.token_file.empty()) {
    ASSIGN_OR_RETURN(const std::string token, ReadToken(security.token_file));
    secrets.authorization = absl::StrCat("Bearer ", token);
  }
  return secrets;
}

}  // namespace onebyone
