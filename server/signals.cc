#include "server/signals.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <utility>

namespace onebyone {
namespace {

constexpr int kWake = SIGUSR1;  // ends the watching thread

sigset_t Watched() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, kWake}) sigaddset(&set, signal);
  return set;
}

}  // namespace

Signals::Signals() {
  signal(SIGPIPE, SIG_IGN);  // a closed log must not end the service
  const sigset_t set = Watched();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  thread_ = std::thread([this] { Watch(); });
  forwarded_.emplace(std::initializer_list<int>{SIGTERM, SIGINT, SIGHUP}, thread_.native_handle());
}

Signals::~Signals() {
  forwarded_.reset();
  pthread_kill(thread_.native_handle(), kWake);
  thread_.join();
}

int Signals::Wait() {
  const absl::MutexLock lock(&mutex_);
  mutex_.Await(absl::Condition(
      +[](int* first) { return *first != 0; }, &first_));
  return first_;
}

void Signals::OnHangup(std::function<void()> reload) {
  const absl::MutexLock lock(&mutex_);
  reload_ = std::move(reload);
}

void Signals::Watch() {
  const sigset_t set = Watched();
  for (;;) {
    int signal = 0;
    sigwait(&set, &signal);
    if (signal == kWake) return;
    const absl::MutexLock lock(&mutex_);
    if (signal == SIGHUP) {
      if (reload_ != nullptr) reload_();
      continue;
    }
    if (first_ != 0) _exit(128 + signal);
    first_ = signal;
  }
}

}  // namespace onebyone
