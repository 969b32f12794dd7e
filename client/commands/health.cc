#include "client/commands/health.h"

#include <algorithm>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "client/feature_client.h"

namespace onebyone {
namespace {

constexpr absl::Duration kBetweenChecks = absl::Milliseconds(200);

struct Answer {
  std::string state;
  std::string reason;  // why there is no better answer
};

Answer Ask(const FeatureClient& client, const HealthOptions& options, absl::Duration deadline,
           Cancellation& interruption) {
  const absl::StatusOr<FeatureClient::ServingStatus> status =
      client.Health(options.service, {.deadline = deadline, .cancellation = &interruption});
  if (status.ok()) {
    const std::string& name = grpc::health::v1::HealthCheckResponse::ServingStatus_Name(*status);
    return {name.empty() ? "UNKNOWN" : name, ""};
  }
  if (absl::IsNotFound(status.status())) {
    return {"SERVICE_UNKNOWN", absl::StrCat("no service '", options.service, "'")};
  }
  return {"UNREACHABLE", status.status().ToString()};
}

}  // namespace

int ShowHealth(const HealthOptions& options, Terminal& terminal) {
  const absl::Time give_up = absl::Now() + options.wait;
  absl::Duration deadline = options.client.deadline;
  Answer answer;
  while (true) {
    // Each check by a client of its own: between calls nobody looks after a connection that was refused, and gRPC does
    // so once in five seconds.
    const absl::StatusOr<std::unique_ptr<FeatureClient>> client = FeatureClient::Create(options.client);
    if (!client.ok()) {
      terminal.err << absl::StrCat("onebyone health: ", client.status().message(), "\n");
      return kWrongUsage;
    }
    // While waiting, one check that hangs must not use up all the time.
    if (options.wait > absl::ZeroDuration()) {
      deadline = std::clamp(give_up - absl::Now(), kBetweenChecks, std::min(options.client.deadline, absl::Seconds(2)));
    }
    answer = Ask(**client, options, deadline, terminal.interruption);
    if (answer.state == "SERVING" || absl::Now() >= give_up || terminal.interruption.cancelled()) break;
    absl::SleepFor(kBetweenChecks);
  }
  terminal.out << answer.state << std::endl;
  if (!answer.reason.empty()) terminal.err << absl::StrCat("onebyone health: ", answer.reason, "\n");
  return answer.state == "SERVING" ? kDone : kFailed;
}

}  // namespace onebyone
