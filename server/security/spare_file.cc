#include "server/security/spare_file.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>

#include "server/security/read_guard.h"

namespace onebyone {
namespace {

constexpr int kNone = -1;

std::atomic<int> spare_file{kNone};

int Accept(int socket, sockaddr* address, socklen_t* length, int flags) {
  return static_cast<int>(syscall(SYS_accept4, socket, address, length, flags));
}

bool IsOutOfFiles() { return errno == EMFILE || errno == ENFILE; }

// False where nobody waits, or there was no file even so.
bool TurnOneAway(int socket) {
  const int spare = spare_file.exchange(kNone);
  if (spare != kNone) close(spare);
  const int accepted = Accept(socket, nullptr, nullptr, SOCK_CLOEXEC);
  if (accepted >= 0) close(accepted);
  KeepSpareFile();
  return accepted >= 0;
}

}  // namespace

void KeepSpareFile() {
  if (spare_file != kNone) return;
  const int file = open("/dev/null", O_RDONLY | O_CLOEXEC);
  int none = kNone;
  if (file >= 0 && !spare_file.compare_exchange_strong(none, file)) close(file);
}

}  // namespace onebyone

extern "C" int accept4(int socket, sockaddr* address, socklen_t* length, int flags) {
  for (;;) {
    const int accepted = onebyone::Accept(socket, address, length, flags);
    if (accepted >= 0) onebyone::GuardReadsOf(accepted);
    if (accepted >= 0 || !onebyone::IsOutOfFiles()) return accepted;
    if (onebyone::TurnOneAway(socket)) continue;
    errno = EAGAIN;  // what a listener is used to: it waits for the next connection
    return -1;
  }
}
