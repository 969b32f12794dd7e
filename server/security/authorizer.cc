#include "server/security/authorizer.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace onebyone {
namespace {

constexpr absl::string_view kHealth = "/grpc.health.v1.Health/";
constexpr absl::string_view kBearer = "Bearer ";

absl::Status CheckToken(const TokenSet& tokens, absl::Span<const absl::string_view> authorization, absl::Time now) {
  if (authorization.size() != 1 || !absl::StartsWithIgnoreCase(authorization[0], kBearer)) {
    return absl::UnauthenticatedError("authorization: wanted one header 'authorization: Bearer TOKEN'");
  }
  return tokens.Check(authorization[0].substr(kBearer.size()), now);
}

}  // namespace

std::shared_ptr<Authorizer> Authorizer::HealthOnly() {
  return std::make_shared<Authorizer>(*MethodList::Parse("grpc.health.v1.Health/*"));
}

void Authorizer::SetTokens(std::shared_ptr<const TokenSet> tokens) {
  const absl::MutexLock lock(&mutex_);
  tokens_ = std::move(tokens);
}

absl::Status Authorizer::Check(absl::string_view path, absl::Span<const absl::string_view> authorization,
                               absl::Time now) const {
  absl::Status decision = Decide(path, authorization, now);
  if (!decision.ok() && refused_ != nullptr) refused_(path, decision);
  return decision;
}

absl::Status Authorizer::Decide(absl::string_view path, absl::Span<const absl::string_view> authorization,
                                absl::Time now) const {
  if (absl::StartsWith(path, kHealth)) return absl::OkStatus();
  std::shared_ptr<const TokenSet> tokens;
  {
    const absl::MutexLock lock(&mutex_);
    tokens = tokens_;
  }
  if (tokens != nullptr) {
    if (const absl::Status valid = CheckToken(*tokens, authorization, now); !valid.ok()) return valid;
  }
  if (allowed_.Contains(path)) return absl::OkStatus();
  return absl::PermissionDeniedError("method: not allowed on this port");
}

}  // namespace onebyone
