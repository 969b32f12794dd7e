#include "engine/base/interrupt.h"

#include <pthread.h>
#include <signal.h>

#include <utility>

namespace onebyone {
namespace {

constexpr int kWake = SIGUSR2;  // from the destructor, to the thread that waits

sigset_t AwaitedSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, kWake}) sigaddset(&signals, signal);
  return signals;
}

}  // namespace

Interrupt::Interrupt(std::function<void()> callback) {
  const sigset_t signals = AwaitedSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  waiter_ = std::thread([this, signals, call = std::move(callback)] {
    int signal = 0;
    if (sigwait(&signals, &signal) != 0 || over_.load()) return;
    call();
    if (sigwait(&signals, &signal) != 0 || over_.load()) return;
    std::signal(signal, SIG_DFL);
    pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
    raise(signal);
  });
  forwarded_.emplace(std::initializer_list<int>{SIGINT, SIGTERM}, waiter_.native_handle());
}

Interrupt::~Interrupt() {
  forwarded_.reset();
  over_.store(true);
  pthread_kill(waiter_.native_handle(), kWake);
  waiter_.join();
}

}  // namespace onebyone
