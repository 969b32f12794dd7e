#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "absl/status/status.h"

namespace onebyone {

// Why admission did not take a request.
enum class Refusal : uint8_t { kQueueFull, kClientShare, kBytes, kDeadline, kDraining };

inline constexpr std::array kRefusals = {Refusal::kQueueFull, Refusal::kClientShare, Refusal::kBytes,
                                         Refusal::kDeadline, Refusal::kDraining};

// As in the metric: queue_full, client_share, bytes, deadline, draining.
const char* NameOf(Refusal refusal);

// What a status of the start of a request tells: the reason of its google.rpc.ErrorInfo, or its code where that says it
// all (DEADLINE_EXCEEDED). Nothing for statuses that are no refusals: wrong fields, unknown models.
std::optional<Refusal> RefusalOf(const absl::Status& status);

}  // namespace onebyone
