#include "server/security/security.h"

#include <spdlog/spdlog.h>

#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "engine/base/status_macros.h"

namespace onebyone {
namespace {

constexpr absl::Duration kBetweenChecks = absl::Seconds(1);

// Reading a file does not know what for.
absl::Status Naming(absl::string_view option, const absl::Status& status) {
  if (status.ok() || absl::StartsWith(status.message(), "--")) return status;
  return {status.code(), absl::StrCat("--", option, ": ", status.message())};
}

}  // namespace

absl::StatusOr<std::unique_ptr<Security>> Security::Create(const SecurityOptions& options) {
  std::unique_ptr<Security> security(new Security());
  RETURN_IF_ERROR(security->Load(options));
  return security;
}

absl::Status Security::Load(const SecurityOptions& options) {
  ASSIGN_OR_RETURN(MethodList methods, MethodList::Parse(options.allow_methods));
  authorizer_ = std::make_shared<Authorizer>(std::move(methods));
  if (!options.tls_certificate.empty()) {
    certificates_ = std::make_unique<CurrentCertificates>(!options.tls_client_ca.empty());
    std::vector<std::string> paths = {options.tls_certificate, options.tls_key};
    if (!options.tls_client_ca.empty()) paths.push_back(options.tls_client_ca);
    watches_.push_back(std::make_unique<FileWatch>(
        "certificates", paths, [this](const FileWatch::Contents& contents) { return UseCertificates(contents); }));
    RETURN_IF_ERROR(Naming("tls-certificate, --tls-key or --tls-client-ca", watches_.back()->Load()));
    spdlog::info("TLS: on; clients {}", options.tls_client_ca.empty() ? "need no certificate" : "need a certificate");
  }
  if (!options.token_file.empty()) {
    watches_.push_back(
        std::make_unique<FileWatch>("tokens", std::vector<std::string>{options.token_file},
                                    [this](const FileWatch::Contents& contents) { return UseTokens(contents); }));
    RETURN_IF_ERROR(Naming("token-file", watches_.back()->Load()));
  }
  if (watches_.empty()) return absl::OkStatus();
  ticker_ = std::make_unique<Ticker>(kBetweenChecks, [this] {
    for (const std::unique_ptr<FileWatch>& watch : watches_) watch->Check();
  });
  return absl::OkStatus();
}

absl::Status Security::UseCertificates(const FileWatch::Contents& contents) {
  Certificates certificates = {
      .chain = contents[0], .key = contents[1], .client_ca = contents.size() > 2 ? contents[2] : ""};
  // An empty file of authorities must not turn the asking off.
  if (contents.size() > 2 && contents[2].empty()) {
    return absl::InvalidArgumentError("--tls-client-ca: wanted certificates as PEM, got an empty file");
  }
  RETURN_IF_ERROR(CheckCertificates(certificates, absl::Now()));
  certificates_->Set(std::move(certificates));
  return absl::OkStatus();
}

absl::Status Security::UseTokens(const FileWatch::Contents& contents) {
  ASSIGN_OR_RETURN(TokenSet tokens, TokenSet::Parse(contents[0]));
  spdlog::info("tokens: {}, of which {} have expired", tokens.size(), tokens.Expired(absl::Now()));
  authorizer_->SetTokens(std::make_shared<const TokenSet>(std::move(tokens)));
  return absl::OkStatus();
}

std::shared_ptr<grpc::ServerCredentials> Security::MainPort(int64_t max_header_bytes) {
  return PortCredentials(certificates_.get(),
                         {.max_header_bytes = max_header_bytes, .authorizer = authorizer_, .calls = &calls_});
}

std::shared_ptr<grpc::ServerCredentials> Security::HealthPort(int64_t max_header_bytes) {
  return PortCredentials(
      nullptr, {.max_header_bytes = max_header_bytes, .authorizer = Authorizer::HealthOnly(), .calls = &calls_});
}

}  // namespace onebyone
