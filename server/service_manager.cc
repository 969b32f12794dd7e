#include "server/service_manager.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"

namespace onebyone {
namespace {

constexpr absl::Duration kLongestStop = absl::Hours(24 * 365);  // inf would not fit into microseconds

absl::Status Failed(const std::string& socket, absl::string_view what) {
  return absl::UnavailableError(absl::StrCat("NOTIFY_SOCKET ", socket, ": ", what));
}

}  // namespace

ServiceManager::ServiceManager(std::string socket) : socket_(std::move(socket)) {}

absl::Status ServiceManager::TellReady() const { return Send("READY=1"); }

absl::Status ServiceManager::TellStopping(absl::Duration longest) const {
  const int64_t microseconds = absl::ToInt64Microseconds(std::clamp(longest, absl::ZeroDuration(), kLongestStop));
  return Send(absl::StrCat("STOPPING=1\nEXTEND_TIMEOUT_USEC=", microseconds));
}

absl::Status ServiceManager::Send(const std::string& words) const {
  if (socket_.empty()) return absl::OkStatus();
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  if (socket_.size() >= sizeof(address.sun_path)) return Failed(socket_, "the path is too long for a socket");
  socket_.copy(address.sun_path, socket_.size());
  if (socket_[0] == '@') address.sun_path[0] = '\0';
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_.size());

  const int file = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (file < 0) return Failed(socket_, std::strerror(errno));
  const ssize_t sent =
      sendto(file, words.data(), words.size(), MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&address), size);
  const int error = errno;
  close(file);
  return sent == static_cast<ssize_t>(words.size()) ? absl::OkStatus() : Failed(socket_, std::strerror(error));
}

}  // namespace onebyone
