#pragma once

#include <grpcpp/security/server_credentials.h>

#include <memory>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "server/security/authorizer.h"
#include "server/security/file_watch.h"
#include "server/security/live_calls.h"
#include "server/security/port_credentials.h"
#include "server/security/security_options.h"
#include "server/security/ticker.h"

namespace onebyone {

// Certificates, tokens and methods of a running server, read anew within a second of a change. Must outlive the
// grpc::Server that has its credentials.
class Security {
 public:
  // INVALID_ARGUMENT or NOT_FOUND naming the option whose file cannot be used.
  static absl::StatusOr<std::unique_ptr<Security>> Create(const SecurityOptions& options);

  // Of the main port; before it opens.
  void TellRefusals(Authorizer::Refused refused) { authorizer_->TellRefusals(std::move(refused)); }

  // The calls of all ports.
  LiveCalls& calls() { return calls_; }

  // Whose calls may have so many bytes of headers.
  std::shared_ptr<grpc::ServerCredentials> MainPort(int64_t max_header_bytes);
  std::shared_ptr<grpc::ServerCredentials> HealthPort(int64_t max_header_bytes);

 private:
  Security() = default;
  absl::Status Load(const SecurityOptions& options);
  absl::Status UseCertificates(const FileWatch::Contents& contents);
  absl::Status UseTokens(const FileWatch::Contents& contents);

  LiveCalls calls_{SteadyClock()};
  std::shared_ptr<Authorizer> authorizer_;
  std::unique_ptr<CurrentCertificates> certificates_;  // null: plaintext
  std::vector<std::unique_ptr<FileWatch>> watches_;
  std::unique_ptr<Ticker> ticker_;  // last: it looks at the watches; null: nothing to watch
};

}  // namespace onebyone
