#include "client/target.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "engine/base/status_macros.h"

namespace onebyone {
namespace {

bool HasScheme(absl::string_view target) {
  for (const absl::string_view scheme : {"unix:", "unix-abstract:", "dns:", "ipv4:", "ipv6:"}) {
    if (absl::StartsWith(target, scheme)) return true;
  }
  return absl::StrContains(target, "://");
}

bool IsHostAndPort(absl::string_view server) {
  const size_t colon = server.rfind(':');
  if (colon == absl::string_view::npos || colon == 0) return false;
  const absl::string_view host = server.substr(0, colon);
  const bool bracketed = absl::StartsWith(host, "[") && absl::EndsWith(host, "]");
  if (absl::StrContains(host, ":") && !bracketed) return false;
  int port = 0;
  return absl::SimpleAtoi(server.substr(colon + 1), &port) && port >= 1 && port <= 65535;
}

std::string HostOf(absl::string_view server) {
  absl::string_view host = server.substr(0, server.rfind(':'));
  if (absl::StartsWith(host, "[")) host = host.substr(1, host.size() - 2);
  return std::string(host);
}

struct Address {
  bool is_ipv4 = false;
  std::string text;
  std::string port;
};

absl::StatusOr<std::vector<Address>> LookUp(absl::string_view server) {
  const std::string host = HostOf(server);
  const std::string port(server.substr(server.rfind(':') + 1));
  addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int error = getaddrinfo(host.c_str(), port.c_str(), &hints, &found);
  if (error != 0) {
    return absl::UnavailableError(absl::StrCat("server: '", host, "' cannot be looked up: ", gai_strerror(error)));
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, &freeaddrinfo);
  std::vector<Address> addresses;
  for (const addrinfo* info = found; info != nullptr; info = info->ai_next) {
    const bool is_ipv4 = info->ai_family == AF_INET;
    if (!is_ipv4 && info->ai_family != AF_INET6) continue;
    const void* bytes = is_ipv4
                            ? static_cast<const void*>(&reinterpret_cast<const sockaddr_in*>(info->ai_addr)->sin_addr)
                            : &reinterpret_cast<const sockaddr_in6*>(info->ai_addr)->sin6_addr;
    std::array<char, INET6_ADDRSTRLEN> text = {};
    inet_ntop(info->ai_family, bytes, text.data(), text.size());
    addresses.push_back({is_ipv4, text.data(), port});
  }
  return addresses;
}

}  // namespace

absl::Status ValidateTarget(absl::string_view target) {
  if (HasScheme(target)) return absl::OkStatus();
  for (const absl::string_view server : absl::StrSplit(target, ',')) {
    if (IsHostAndPort(server)) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("server: want HOST:PORT, or several with commas between, got '", target, "'"));
  }
  return absl::OkStatus();
}

bool IsServerList(absl::string_view target) { return !HasScheme(target) && absl::StrContains(target, ","); }

std::string CommonHost(absl::string_view list) {
  const std::vector<absl::string_view> servers = absl::StrSplit(list, ',');
  const std::string host = HostOf(servers[0]);
  const bool common =
      std::all_of(servers.begin(), servers.end(), [&](absl::string_view server) { return HostOf(server) == host; });
  return common ? host : "";
}

absl::StatusOr<std::string> ResolveList(absl::string_view list) {
  std::vector<std::vector<Address>> servers;
  size_t most = 0;
  for (const absl::string_view server : absl::StrSplit(list, ',')) {
    ASSIGN_OR_RETURN(servers.emplace_back(), LookUp(server));
    most = std::max(most, servers.back().size());
  }
  std::vector<Address> in_turn;
  for (size_t i = 0; i < most; ++i) {
    for (const std::vector<Address>& server : servers) {
      if (i < server.size()) in_turn.push_back(server[i]);
    }
  }
  // gRPC takes addresses of one family. IPv4 can be written as IPv6, and is spoken as IPv4 where there is nothing else.
  const bool all_ipv4 = std::all_of(in_turn.begin(), in_turn.end(), [](const Address& a) { return a.is_ipv4; });
  const auto append = [all_ipv4](std::string* out, const Address& address) {
    absl::StrAppend(out, all_ipv4 ? "" : "[", all_ipv4 || !address.is_ipv4 ? "" : "::ffff:", address.text,
                    all_ipv4 ? "" : "]", ":", address.port);
  };
  return absl::StrCat(all_ipv4 ? "ipv4:" : "ipv6:", absl::StrJoin(in_turn, ",", append));
}

}  // namespace onebyone
