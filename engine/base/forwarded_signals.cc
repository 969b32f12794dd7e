#include "engine/base/forwarded_signals.h"

#include <atomic>
#include <cerrno>

namespace onebyone {
namespace {

// Read by the handler, in any thread.
std::atomic<pthread_t> taker_of_all = {};
static_assert(std::atomic<pthread_t>::is_always_lock_free, "a signal handler may not wait");

void Forward(int signal) {
  const int before = errno;  // of whatever was interrupted
  pthread_kill(taker_of_all.load(), signal);
  errno = before;
}

}  // namespace

ForwardedSignals::ForwardedSignals(std::initializer_list<int> signals, pthread_t taker) {
  taker_of_all.store(taker);
  struct sigaction forward = {};
  forward.sa_handler = Forward;
  forward.sa_flags = SA_RESTART;
  sigemptyset(&forward.sa_mask);
  for (const int signal : signals) {
    Replaced& replaced = replaced_.emplace_back(Replaced{signal, {}});
    sigaction(signal, &forward, &replaced.action);
  }
}

ForwardedSignals::~ForwardedSignals() {
  for (const Replaced& replaced : replaced_) sigaction(replaced.signal, &replaced.action, nullptr);
}

}  // namespace onebyone
