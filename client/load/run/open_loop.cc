#include <utility>

#include "client/load/run/load_loop.h"

namespace onebyone {

OpenLoop::OpenLoop(LoadPhases phases, int64_t max_outstanding, LoadTarget& target, LoadClock& clock, CallLog& log)
    : phases_(std::move(phases)),
      max_outstanding_(max_outstanding),
      target_(target),
      clock_(clock),
      log_(log),
      warming_up_(phases_.warm_up != nullptr) {}

void OpenLoop::Run() {
  int64_t start_ns = clock_.NowNs();
  while (warming_up_.load() && !stopped_.load()) {
    const std::optional<PlannedCall> call = phases_.warm_up->Next();
    if (!call.has_value() || !Send(*call, start_ns, /*measured=*/false)) break;
  }
  if (stopped_.load()) return;
  start_ns = clock_.NowNs();
  log_.BeginMeasuring(start_ns, phases_.measured_ns);
  while (!stopped_.load()) {
    const std::optional<PlannedCall> call = phases_.measured->Next();
    if (!call.has_value() || !Send(*call, start_ns, /*measured=*/true)) return;
  }
}

bool OpenLoop::Send(const PlannedCall& call, int64_t start_ns, bool measured) {
  CallMoments moments = {.due_ns = start_ns + call.due_ns, .measured = measured};
  moments.sent_ns = clock_.NowNs();
  while (moments.sent_ns < moments.due_ns) {
    clock_.SleepUntil(moments.due_ns);
    if (stopped_.load()) return false;
    moments.sent_ns = clock_.NowNs();
  }
  if (log_.in_flight() >= max_outstanding_) {
    log_.NeverSent(moments);
    return true;
  }
  log_.Sent(moments);
  const int64_t bytes = target_.Start(
      call, [this, call, moments](const CallOutcome& outcome) { log_.Ended(call, moments, clock_.NowNs(), outcome); });
  log_.AddBytesOut(moments, bytes);
  return true;
}

void OpenLoop::Stop() {
  stopped_.store(true);
  clock_.Wake();
}

}  // namespace onebyone
