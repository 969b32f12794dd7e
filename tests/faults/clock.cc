// A wall clock that the test sets, for this process alone; the steady clock goes on as it does.
//
// Whoever waits until a moment of the wall clock waits by this one: Abseil by futex(2), others by
// pthread_cond_timedwait. As in the kernel, a clock that is set forward ends such a wait, and one that is set back
// makes it longer.

#include <dlfcn.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdarg>
#include <cstdint>
#include <ctime>

#include "tests/faults/controls.h"

namespace {

constexpr int64_t kSecond = 1'000'000'000;
constexpr int64_t kLook = kSecond / 50;  // a wait looks at the clock this often
// A moment of the steady clock counts from the start of the machine, one of the wall clock from 1970.
constexpr time_t kWallBegins = 1'000'000'000;

int64_t Offset() {
  const FaultControls* const controls = Controls();
  return controls == nullptr ? 0 : controls->clock_offset.load(std::memory_order_relaxed);
}

int64_t Nanoseconds(const timespec& time) { return time.tv_sec * kSecond + time.tv_nsec; }

timespec Time(int64_t nanoseconds) {
  return {.tv_sec = nanoseconds / kSecond, .tv_nsec = static_cast<long>(nanoseconds % kSecond)};
}

template <typename Function>
Function Next(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

using SystemCall = long (*)(long, ...);

int64_t TrueWallTime() {
  static const auto next = Next<SystemCall>("syscall");
  timespec now{};
  next(SYS_clock_gettime, CLOCK_REALTIME, &now);
  return Nanoseconds(now);
}

}  // namespace

extern "C" {

int clock_gettime(clockid_t clock, timespec* time) noexcept {
  static const auto next = Next<int (*)(clockid_t, timespec*)>("clock_gettime");
  const int result = next(clock, time);
  if (result == 0 && clock == CLOCK_REALTIME) *time = Time(Nanoseconds(*time) + Offset());
  return result;
}

int gettimeofday(timeval* time, void* /*zone*/) noexcept {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  *time = {.tv_sec = now.tv_sec, .tv_usec = now.tv_nsec / 1000};
  return 0;
}

time_t time(time_t* time) noexcept {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  if (time != nullptr) *time = now.tv_sec;
  return now.tv_sec;
}

int pthread_cond_timedwait(pthread_cond_t* condition, pthread_mutex_t* mutex, const timespec* until) {
  static const auto next = Next<int (*)(pthread_cond_t*, pthread_mutex_t*, const timespec*)>("pthread_cond_timedwait");
  if (until->tv_sec < kWallBegins) return next(condition, mutex, until);
  for (;;) {
    const int64_t now = TrueWallTime();
    const int64_t left = Nanoseconds(*until) - Offset() - now;
    if (left <= 0) return ETIMEDOUT;
    const timespec look = Time(now + std::min(left, kLook));
    const int result = next(condition, mutex, &look);
    if (result != ETIMEDOUT) return result;
  }
}

long syscall(long number, ...) noexcept {
  static const auto next = Next<SystemCall>("syscall");
  va_list list;
  va_start(list, number);
  long a[6];
  for (long& each : a) each = va_arg(list, long);
  va_end(list);
  const auto* const until = reinterpret_cast<const timespec*>(a[3]);
  const bool by_wall = number == SYS_futex && (a[1] & FUTEX_CLOCK_REALTIME) != 0 &&
                       (a[1] & FUTEX_CMD_MASK) == FUTEX_WAIT_BITSET && until != nullptr;
  if (!by_wall) return next(number, a[0], a[1], a[2], a[3], a[4], a[5]);
  for (;;) {
    const int64_t now = TrueWallTime();
    const int64_t left = std::max<int64_t>(0, Nanoseconds(*until) - Offset() - now);
    const timespec look = Time(now + std::min(left, kLook));
    const long result = next(number, a[0], a[1], a[2], &look, a[4], a[5]);
    if (result == 0 || errno != ETIMEDOUT || left <= kLook) return result;
  }
}

}  // extern "C"
