#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "server/security/method_list.h"
#include "server/security/token_set.h"

namespace onebyone {

// Decides of each call, before its service sees it, whether it may be made. Knows nothing of services: what is
// registered later is guarded too. Thread-safe.
class Authorizer {
 public:
  // Of a port on which nothing but health is answered.
  static std::shared_ptr<Authorizer> HealthOnly();

  explicit Authorizer(MethodList allowed) : allowed_(std::move(allowed)) {}

  // From the first time on, every call needs one of these tokens.
  void SetTokens(std::shared_ptr<const TokenSet> tokens);

  // What is told of each call that is refused; before the port opens.
  using Refused = std::function<void(absl::string_view path, const absl::Status& why)>;
  void TellRefusals(Refused refused) { refused_ = std::move(refused); }

  // `path`: /package.Service/Method. `authorization`: the call's headers of that name. Always OK for grpc.health.v1.
  // UNAUTHENTICATED without a good token, then PERMISSION_DENIED for a method that is not allowed: who has no token
  // does not learn which methods there are.
  absl::Status Check(absl::string_view path, absl::Span<const absl::string_view> authorization, absl::Time now) const;

 private:
  absl::Status Decide(absl::string_view path, absl::Span<const absl::string_view> authorization, absl::Time now) const;

  const MethodList allowed_;
  Refused refused_;  // null: nobody is told
  mutable absl::Mutex mutex_;
  std::shared_ptr<const TokenSet> tokens_ ABSL_GUARDED_BY(mutex_);  // null: none needed
};

}  // namespace onebyone
