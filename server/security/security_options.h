#pragma once

#include <string>

#include "absl/status/status.h"

namespace onebyone {

// Who may connect and call. Files are read at start and again when they change (file_watch.h).
struct SecurityOptions {
  std::string tls_certificate;  // PEM: the server's certificate, then the intermediate ones; empty: plaintext
  std::string tls_key;          // PEM, without a passphrase
  std::string tls_client_ca;    // PEM: clients must show a certificate that one of these signed; empty: none asked
  std::string token_file;       // bearer tokens (token_set.h); empty: no token is asked for
  bool allow_insecure_tokens = false;  // tokens over plaintext beyond this machine
  std::string allow_methods;           // package.Service/Method or package.Service/*, by comma; empty: all
  std::string health_listen;  // HOST:PORT or unix:PATH of a port for probes: health alone, plaintext; empty: none

  // `listen`: the address of the main port. INVALID_ARGUMENT naming the option: a key without its certificate, tokens
  // that would cross the network in the clear, a method that is none. Reads no file.
  absl::Status Validate(const std::string& listen) const;
};

// True for unix:PATH, localhost, 127.0.0.0/8 and [::1]: what is sent there does not leave the machine.
bool IsLocalAddress(const std::string& address);

}  // namespace onebyone
