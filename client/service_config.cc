#include "client/service_config.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace onebyone {
namespace {

// As JSON of google.protobuf.Duration: seconds with a fraction.
std::string JsonSeconds(absl::Duration duration) {
  return absl::StrFormat("\"%.3fs\"", absl::ToDoubleSeconds(duration));
}

std::string RetryJson(const RetryPolicy& policy) {
  if (policy.max_attempts < 2) return "";  // gRPC refuses a retry policy of one attempt
  return absl::StrCat(R"(,"retryPolicy":{"maxAttempts":)", policy.max_attempts, R"(,"initialBackoff":)",
                      JsonSeconds(policy.initial_backoff), R"(,"maxBackoff":)", JsonSeconds(policy.max_backoff),
                      R"(,"backoffMultiplier":)", policy.backoff_multiplier,
                      R"(,"retryableStatusCodes":["UNAVAILABLE","RESOURCE_EXHAUSTED"]})");
}

}  // namespace

std::string ServiceConfigJson(const RetryPolicy& policy) {
  return absl::StrCat(R"({"loadBalancingConfig":[{"round_robin":{}}],)",
                      R"("methodConfig":[{"name":[{"service":"onebyone.v1.FeatureExtraction"}])", RetryJson(policy),
                      "}]}");
}

}  // namespace onebyone
