#include "server/security/accepted_connections.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/uio.h>

#include <algorithm>

namespace onebyone {
namespace {

// Tells a socket from a later one with the same descriptor.
uint64_t CookieOf(int socket) {
  uint64_t cookie = 0;
  socklen_t size = sizeof(cookie);
  return getsockopt(socket, SOL_SOCKET, SO_COOKIE, &cookie, &size) == 0 ? cookie : 0;
}

bool TakeHeaders(HeaderBlockMeter& meter, const msghdr& message, size_t received) {
  bool is_within = true;
  for (size_t i = 0; i < message.msg_iovlen && received > 0; ++i) {
    const iovec& part = message.msg_iov[i];
    const size_t bytes = std::min(received, part.iov_len);
    is_within = meter.Take({static_cast<const uint8_t*>(part.iov_base), bytes});
    received -= bytes;
  }
  return is_within;
}

}  // namespace

int* UnreadBytes(const msghdr& message) {
  if (message.msg_control == nullptr) return nullptr;
  for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr;
       part = CMSG_NXTHDR(const_cast<msghdr*>(&message), part)) {  // a function of C, which changes nothing
    if (part->cmsg_level == SOL_TCP && part->cmsg_type == TCP_CM_INQ && part->cmsg_len == CMSG_LEN(sizeof(int))) {
      return reinterpret_cast<int*>(CMSG_DATA(part));
    }
  }
  return nullptr;
}

void AcceptedConnections::Add(int socket, int64_t most_block_bytes) {
  const Connection connection = {.cookie = CookieOf(socket), .meter = HeaderBlockMeter(most_block_bytes)};
  Shard& shard = ShardOf(socket);
  const absl::MutexLock lock(&shard.mutex);
  shard.connections.insert_or_assign(socket, connection);
}

AcceptedConnections::Verdict AcceptedConnections::Take(int socket, const msghdr& message, ssize_t received) {
  Shard& shard = ShardOf(socket);
  const absl::MutexLock lock(&shard.mutex);
  const auto found = shard.connections.find(socket);
  if (found == shard.connections.end()) return Verdict::kGoOn;
  Connection& connection = found->second;
  const bool is_within = received <= 0 || TakeHeaders(connection.meter, message, static_cast<size_t>(received));
  const int* const unread = received > 0 ? UnreadBytes(message) : nullptr;
  const bool is_pause = received <= 0 || (unread != nullptr && *unread == 0);
  const bool is_call = connection.meter.calls() != connection.calls;
  connection.calls = connection.meter.calls();
  const int64_t bytes = std::max<int64_t>(0, received);
  connection.without_pause = is_pause ? 0 : connection.without_pause + bytes;
  connection.without_call = is_pause || is_call || !connection.meter.is_http2() ? 0 : connection.without_call + bytes;
  if (!is_within) {
    if (connection.cookie == CookieOf(socket)) return Verdict::kTooLongHeaders;
    shard.connections.erase(found);  // the descriptor is another socket's by now, which nobody accepted
    return Verdict::kGoOn;
  }
  const bool is_enough =
      connection.without_call >= kMostBytesWithoutCall || connection.without_pause >= kBytesBetweenPauses;
  if (unread == nullptr || !is_enough) return Verdict::kGoOn;
  connection.without_call = 0;
  connection.without_pause = 0;
  return Verdict::kPause;
}

}  // namespace onebyone
