#include "engine/runtime/plan_race.h"

#include <algorithm>
#include <utility>

#include "engine/base/status_macros.h"

namespace onebyone {
namespace {

absl::Status RunOnce(Contender& contender) {
  RETURN_IF_ERROR(contender.executor->Use(contender.plan));
  std::vector<absl::Duration> durations;
  RETURN_IF_ERROR(contender.executor->RunProfiled(durations));
  for (size_t i = 0; i < durations.size(); ++i) {
    contender.fastest[i] = std::min(contender.fastest[i], durations[i]);
  }
  return absl::OkStatus();
}

}  // namespace

Contender Enter(std::shared_ptr<const Plan> plan, int threads) {
  Contender contender;
  contender.plan = std::move(plan);
  contender.executor = Executor::Create({.threads = threads});
  contender.fastest.assign(contender.plan->steps.size(), absl::InfiniteDuration());
  return contender;
}

absl::Status RunInTurn(absl::Span<Contender> contenders, int rounds) {
  for (int round = 0; round <= rounds; ++round) {
    for (Contender& contender : contenders) {
      RETURN_IF_ERROR(RunOnce(contender));
      if (round == 0) contender.fastest.assign(contender.fastest.size(), absl::InfiniteDuration());
    }
  }
  return absl::OkStatus();
}

}  // namespace onebyone
