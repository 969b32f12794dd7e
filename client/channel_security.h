#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace grpc {
class ChannelCredentials;
}

namespace onebyone {

// How a client and its server know each other. Files are read once, when the client is made.
struct ChannelSecurity {
  bool tls = false;          // else plaintext, and of the following only the token
  std::string ca_file = {};  // PEM: authorities of which one signed the server's certificate; empty: the system's
  std::string certificate_file = {};  // PEM, with its chain: for servers that ask clients for one
  std::string key_file = {};          // PEM, of that certificate, without a passphrase
  std::string server_name = {};       // the name in the server's certificate, where it is not the host of the target
  std::string token_file = {};        // a bearer token for each call, alone in its file; empty: none

  // INVALID_ARGUMENT naming the flag: one that would have no effect, a certificate without its key, a token that would
  // cross the network to `target` in the clear.
  absl::Status Validate(const std::string& target) const;
};

// What a channel is made with.
struct ChannelSecrets {
  std::shared_ptr<grpc::ChannelCredentials> credentials;
  std::string authorization;  // each call's header of that name; empty: none
};

// REQUIRES: Validate. The errors of ReadFile; INVALID_ARGUMENT, which does not show it, where the file holds no token.
absl::StatusOr<ChannelSecrets> ReadSecrets(const ChannelSecurity& security);

}  // namespace onebyone
