#include "server/security/port_credentials.h"

#include <grpc/grpc.h>
#include <grpc/grpc_security.h>
#include <grpc/slice.h>

#include <string>

#include "absl/container/inlined_vector.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"

// gRPC's core API, because its C++ one has neither: certificates that are fetched at each handshake (its file watcher
// takes a pair that does not match, and then serves nobody), and a look at calls on plaintext ports.

namespace onebyone {
namespace {

absl::string_view TextOf(const grpc_slice& slice) {
  return {reinterpret_cast<const char*>(GRPC_SLICE_START_PTR(slice)), GRPC_SLICE_LENGTH(slice)};
}

// RFC 9113, 6.5.2.
constexpr size_t kBytesAroundHeader = 32;

absl::Status CheckHeaderBytes(const grpc_metadata* metadata, size_t count, int64_t most) {
  size_t bytes = 0;
  for (size_t i = 0; i < count; ++i) {
    bytes += GRPC_SLICE_LENGTH(metadata[i].key) + GRPC_SLICE_LENGTH(metadata[i].value) + kBytesAroundHeader;
  }
  if (bytes <= static_cast<size_t>(most)) return absl::OkStatus();
  return absl::ResourceExhaustedError(
      absl::StrCat("headers: wanted at most ", most, " bytes (max_header_bytes), got ", bytes));
}

void Authorize(void* state, grpc_auth_context* connection, const grpc_metadata* metadata, size_t count,
               grpc_process_auth_metadata_done_cb done, void* user_data) {
  absl::string_view path;
  absl::InlinedVector<absl::string_view, 2> authorization;
  absl::InlinedVector<grpc_metadata, 2> consumed;
  for (size_t i = 0; i < count; ++i) {
    const absl::string_view key = TextOf(metadata[i].key);
    if (key == ":path") path = TextOf(metadata[i].value);
    if (key != "authorization") continue;
    authorization.push_back(TextOf(metadata[i].value));
    consumed.push_back(metadata[i]);
  }
  const CallGate& gate = *static_cast<const CallGate*>(state);
  absl::Status status = CheckHeaderBytes(metadata, count, gate.max_header_bytes);
  if (status.ok()) status = gate.authorizer->Check(path, authorization, absl::Now());
  if (status.ok()) status = gate.calls->Begin(connection);
  done(user_data, consumed.data(), consumed.size(), nullptr, 0, static_cast<grpc_status_code>(status.code()),
       status.ok() ? nullptr : std::string(status.message()).c_str());
}

void DestroyGate(void* state) { delete static_cast<CallGate*>(state); }

grpc_ssl_certificate_config_reload_status Fetch(void* state, grpc_ssl_server_certificate_config** config) {
  const std::optional<Certificates> fresh = static_cast<CurrentCertificates*>(state)->Take();
  if (!fresh.has_value()) return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_UNCHANGED;
  const grpc_ssl_pem_key_cert_pair pair = {fresh->key.c_str(), fresh->chain.c_str()};
  // gRPC wants some authorities even where clients are not asked, and then does not use them.
  const std::string& authorities = fresh->client_ca.empty() ? fresh->chain : fresh->client_ca;
  *config = grpc_ssl_server_certificate_config_create(authorities.c_str(), &pair, 1);
  return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_NEW;
}

grpc_server_credentials* TlsCredentials(CurrentCertificates* certificates) {
  const auto asked = certificates->asks_clients() ? GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY
                                                  : GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE;
  return grpc_ssl_server_credentials_create_with_options(
      grpc_ssl_server_credentials_create_options_using_config_fetcher(asked, Fetch, certificates));
}

class CoreCredentials : public grpc::ServerCredentials {
 public:
  CoreCredentials(CurrentCertificates* certificates, CallGate gate)
      : credentials_(certificates == nullptr ? grpc_insecure_server_credentials_create()
                                             : TlsCredentials(certificates)) {
    grpc_server_credentials_set_auth_metadata_processor(
        credentials_, {.process = Authorize, .destroy = DestroyGate, .state = new CallGate(std::move(gate))});
  }
  ~CoreCredentials() override { grpc_server_credentials_release(credentials_); }

  // The authorizer is the one processor.
  void SetAuthMetadataProcessor(const std::shared_ptr<grpc::AuthMetadataProcessor>&) override {}

 private:
  int AddPortToServer(const std::string& address, grpc_server* server) override {
    return grpc_server_add_http2_port(server, address.c_str(), credentials_);
  }

  grpc_server_credentials* const credentials_;
};

}  // namespace

void CurrentCertificates::Set(Certificates certificates) {
  const absl::MutexLock lock(&mutex_);
  fresh_ = std::move(certificates);
}

std::optional<Certificates> CurrentCertificates::Take() {
  const absl::MutexLock lock(&mutex_);
  return std::exchange(fresh_, std::nullopt);
}

std::shared_ptr<grpc::ServerCredentials> PortCredentials(CurrentCertificates* certificates, CallGate gate) {
  return std::make_shared<CoreCredentials>(certificates, std::move(gate));
}

}  // namespace onebyone
