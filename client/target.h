#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace onebyone {

// How a user names one server or several:
//   HOST:PORT              a name may have several addresses, and is looked up again when they change
//   HOST:PORT,HOST:PORT... names, IPv4, [IPv6], mixed; looked up once
//   SCHEME:...             as gRPC spells it: dns:///name:port, ipv4:1.2.3.4:5,1.2.3.5:5, unix:/path

// INVALID_ARGUMENT with the target where it is none of these.
absl::Status ValidateTarget(absl::string_view target);

// Whether it is a list, which gRPC 1.51 does not know.
bool IsServerList(absl::string_view target);

// The host that all servers of a list have in common; empty where they differ.
std::string CommonHost(absl::string_view list);

// `list` with its names looked up, as a target that gRPC 1.51 takes. Waits for the lookups. The addresses of one host
// do not follow each other where it can be helped: the next in turn is another server. UNAVAILABLE, naming the host,
// where one cannot be looked up. REQUIRES: a list, valid.
absl::StatusOr<std::string> ResolveList(absl::string_view list);

}  // namespace onebyone
