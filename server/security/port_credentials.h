#pragma once

#include <grpcpp/security/server_credentials.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "server/security/authorizer.h"
#include "server/security/certificates.h"
#include "server/security/live_calls.h"

namespace onebyone {

// The certificates that handshakes use from now on. Thread-safe.
class CurrentCertificates {
 public:
  explicit CurrentCertificates(bool ask_clients) : asks_clients_(ask_clients) {}

  void Set(Certificates certificates);
  // Those set since the last Take, if there are any.
  std::optional<Certificates> Take();
  bool asks_clients() const { return asks_clients_; }

 private:
  const bool asks_clients_;
  absl::Mutex mutex_;
  std::optional<Certificates> fresh_ ABSL_GUARDED_BY(mutex_);
};

// What each call of a port has to pass, in this order.
struct CallGate {
  int64_t max_header_bytes = 0;  // as HTTP/2 counts them: names, values, and 32 for each
  std::shared_ptr<const Authorizer> authorizer;
  LiveCalls* calls = nullptr;
};

// Credentials for one port of a grpc::Server. `certificates`: null for plaintext; set once before, and borrowed until
// the server is gone. Connections keep what they were made with. `gate` sees every call of the port, of any service,
// before the service does; the authorization header goes no further than that. Headers of more bytes are refused with
// RESOURCE_EXHAUSTED: gRPC does so where the client has acknowledged the limit, which a client need not do. What the
// authorizer lets in begins with `calls`, which must outlive the server, and whose refusals are those of the call.
std::shared_ptr<grpc::ServerCredentials> PortCredentials(CurrentCertificates* certificates, CallGate gate);

}  // namespace onebyone
