#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace onebyone {

// What a TLS server shows and trusts, as PEM.
struct Certificates {
  std::string chain;  // its certificate first
  std::string key;
  std::string client_ca;  // empty: clients show no certificate
};

// Checks what gRPC would otherwise find out at a handshake. INVALID_ARGUMENT naming --tls-certificate, --tls-key or
// --tls-client-ca: no PEM, a key with a passphrase, a key of another certificate (as when only one of two files has
// been replaced so far), a certificate that has expired at `now`.
absl::Status CheckCertificates(const Certificates& certificates, absl::Time now);

}  // namespace onebyone
