#include "server/observability/refusal.h"

#include "server/status_details.h"

namespace onebyone {

const char* NameOf(Refusal refusal) {
  switch (refusal) {
    case Refusal::kQueueFull: return "queue_full";
    case Refusal::kClientShare: return "client_share";
    case Refusal::kBytes: return "bytes";
    case Refusal::kDeadline: return "deadline";
    case Refusal::kDraining: return "draining";
  }
  return "unknown";
}

std::optional<Refusal> RefusalOf(const absl::Status& status) {
  if (status.code() == absl::StatusCode::kDeadlineExceeded) return Refusal::kDeadline;
  const std::string reason = ReasonOf(status);
  if (reason == reason::kQueueFull) return Refusal::kQueueFull;
  if (reason == reason::kClientShare) return Refusal::kClientShare;
  if (reason == reason::kMemoryBudget) return Refusal::kBytes;
  if (reason == reason::kDraining) return Refusal::kDraining;
  return std::nullopt;
}

}  // namespace onebyone
