#include "client/service_config.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"

namespace onebyone {
namespace {

constexpr char kService[] = "onebyone.v1.FeatureExtraction";

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

std::string ServiceConfigJson(const ClientOptions& options) {
  std::string names = absl::StrCat(R"({"service":")", kService, R"("})");
  if (options.hedge.enabled()) {
    names = absl::StrJoin({"ListModels", "GetModel", "StreamFeatures"}, ",",
                          [](std::string* out, absl::string_view method) {
                            absl::StrAppend(out, R"({"service":")", kService, R"(","method":")", method, R"("})");
                          });
  }
  return absl::StrCat(
      R"({"loadBalancingConfig":[{"round_robin":{}}],)",
      options.health_check ? absl::StrCat(R"("healthCheckConfig":{"serviceName":")", kService, R"("},)") : "",
      R"("methodConfig":[{"name":[)", names, "]", RetryJson(options.retry), "}]}");
}

}  // namespace onebyone
