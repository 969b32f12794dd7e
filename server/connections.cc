#include "server/connections.h"

#include <arpa/inet.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace onebyone {
namespace {

// gRPC's name of a peer (grpc_sockaddr_to_uri). All clients of a unix socket have one, for their ends have no path.
std::string PeerOf(int socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof(address);
  if (getpeername(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) return "";
  std::array<char, INET6_ADDRSTRLEN> text{};
  const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
  const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
  if (address.ss_family == AF_INET) {
    inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
    return absl::StrCat("ipv4:", text.data(), ":", ntohs(v4.sin_port));
  }
  if (address.ss_family == AF_UNIX) return "unix:";
  if (address.ss_family != AF_INET6) return "";
  if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr)) {  // of a socket that listens for both
    inet_ntop(AF_INET, &v6.sin6_addr.s6_addr[12], text.data(), text.size());
    return absl::StrCat("ipv4:", text.data(), ":", ntohs(v6.sin6_port));
  }
  inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size());
  return absl::StrCat("ipv6:%5B", text.data(), "%5D:", ntohs(v6.sin6_port));
}

// Whether the socket's own end has this port or path.
bool LiesAt(int socket, int port, const std::string& path) {
  sockaddr_storage address{};
  socklen_t size = sizeof(address);
  if (getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) return false;
  if (address.ss_family == AF_UNIX) {
    return !path.empty() && path == reinterpret_cast<const sockaddr_un&>(address).sun_path;
  }
  if (address.ss_family == AF_INET) return ntohs(reinterpret_cast<const sockaddr_in&>(address).sin_port) == port;
  if (address.ss_family != AF_INET6) return false;
  return ntohs(reinterpret_cast<const sockaddr_in6&>(address).sin6_port) == port;
}

bool IsListening(int socket) {
  int listening = 0;
  socklen_t size = sizeof(listening);
  return getsockopt(socket, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) == 0 && listening != 0;
}

bool HasUnreadBytes(int socket) {
  int unread = 0;
  return ioctl(socket, FIONREAD, &unread) == 0 && unread > 0;
}

// Calls `visit` with each open socket at the address.
void ForEachSocket(int port, const std::string& path, const std::function<void(int socket)>& visit) {
  namespace fs = std::filesystem;
  std::error_code error;
  fs::directory_iterator entry("/proc/self/fd", error);
  rlimit files{};
  if (error && getrlimit(RLIMIT_NOFILE, &files) == 0) {
    // All files are taken, so that the folder cannot be read; then the numbers are close together.
    for (int socket = 0; socket < static_cast<int>(files.rlim_cur); ++socket) {
      if (LiesAt(socket, port, path)) visit(socket);
    }
    return;
  }
  for (const fs::directory_iterator end; !error && entry != end; entry.increment(error)) {
    int socket = -1;
    if (!absl::SimpleAtoi(entry->path().filename().string(), &socket)) continue;
    if (LiesAt(socket, port, path)) visit(socket);
  }
}

}  // namespace

Connections::Connections(absl::string_view address) {
  if (absl::ConsumePrefix(&address, "unix:")) {
    if (absl::StartsWith(address, "//")) address.remove_prefix(2);  // unix:///path is unix:/path
    path_ = std::string(address);
  } else if (!absl::SimpleAtoi(address.substr(address.rfind(':') + 1), &port_)) {
    port_ = -1;
  }
}

void Connections::StopListening() const {
  ForEachSocket(port_, path_, [](int socket) {
    if (IsListening(socket)) shutdown(socket, SHUT_RD);
  });
}

int Connections::CloseIdle(const std::function<bool(const std::string& peer)>& is_busy) const {
  int left = 0;
  ForEachSocket(port_, path_, [&](int socket) {
    std::array<char, 1> byte{};
    // What the other side has closed is gRPC's to close.
    if (IsListening(socket) || recv(socket, byte.data(), 1, MSG_PEEK | MSG_DONTWAIT) == 0) return;
    if (HasUnreadBytes(socket) || is_busy(PeerOf(socket))) {
      ++left;
      return;
    }
    shutdown(socket, SHUT_RDWR);
  });
  return left;
}

int Connections::CloseBeyond(int most) const {
  std::vector<int> sockets;
  ForEachSocket(port_, path_, [&sockets](int socket) {
    std::array<char, 1> byte{};
    if (!IsListening(socket) && recv(socket, byte.data(), 1, MSG_PEEK | MSG_DONTWAIT) != 0) sockets.push_back(socket);
  });
  std::sort(sockets.begin(), sockets.end());
  int closed = 0;
  for (size_t i = most; i < sockets.size(); ++i) {
    // Looked at again, for its number may be another's by now.
    if (LiesAt(sockets[i], port_, path_) && shutdown(sockets[i], SHUT_RDWR) == 0) ++closed;
  }
  return closed;
}

std::map<std::string, int64_t> Connections::BytesReceived() const {
  std::map<std::string, int64_t> received;
  ForEachSocket(port_, path_, [&received](int socket) {
    tcp_info info{};
    socklen_t size = sizeof(info);
    if (IsListening(socket) || getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return;
    std::string peer = PeerOf(socket);
    if (!peer.empty()) received.emplace(std::move(peer), static_cast<int64_t>(info.tcpi_bytes_received));
  });
  return received;
}

}  // namespace onebyone
