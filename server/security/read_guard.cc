#include "server/security/read_guard.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <new>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "engine/base/steady_time.h"
#include "server/intake/header_block_meter.h"
#include "server/security/accepted_connections.h"

namespace onebyone {
namespace {

using Verdict = AcceptedConnections::Verdict;

constexpr absl::Duration kBetweenWarnings = absl::Seconds(10);

std::atomic<int64_t> most_block_bytes{0};  // 0: nothing is guarded

AcceptedConnections& Connections() {
  static auto* const connections = new AcceptedConnections();  // read until the process has ended
  return *connections;
}

void WarnOfTooLongHeaders() {
  static absl::Mutex mutex;
  static absl::Time told = absl::InfinitePast();
  {
    const absl::MutexLock lock(&mutex);
    const absl::Time now = SteadyNow();
    if (now - told < kBetweenWarnings) return;
    told = now;
  }
  spdlog::warn("connections are closed: headers of one call with more than {} bytes (eight times --max-header-bytes)",
               most_block_bytes.load());
}

// Has gRPC turn to others, by telling it that nothing is left to be read, and wakes it again, as it sleeps until the
// kernel tells of something new: setting the level at which it does tells at once (tcp(7), SO_RCVLOWAT).
void Pause(int socket, msghdr& message) {
  *UnreadBytes(message) = 0;
  const int one = 1;
  setsockopt(socket, SOL_SOCKET, SO_RCVLOWAT, &one, sizeof(one));
}

void DeleteMeter(void* /*ssl*/, void* meter, CRYPTO_EX_DATA* /*data*/, int /*index*/, long /*number*/, void* /*more*/) {
  delete static_cast<HeaderBlockMeter*>(meter);
}

// Null where there is no memory for it.
HeaderBlockMeter* MeterOf(SSL* connection) {
  static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, DeleteMeter);
  if (void* const known = SSL_get_ex_data(connection, index)) return static_cast<HeaderBlockMeter*>(known);
  auto* const meter = new (std::nothrow) HeaderBlockMeter(most_block_bytes);
  if (meter == nullptr || SSL_set_ex_data(connection, index, meter) == 1) return meter;
  delete meter;
  return nullptr;
}

bool TakeDecrypted(SSL* connection, const void* bytes, size_t size) {
  if (most_block_bytes == 0 || SSL_is_server(connection) == 0) return true;
  HeaderBlockMeter* const meter = MeterOf(connection);
  return meter != nullptr && meter->Take({static_cast<const uint8_t*>(bytes), size});
}

}  // namespace

void GuardReads(int64_t most) { most_block_bytes = most; }

void GuardReadsOf(int socket) {
  if (most_block_bytes > 0) Connections().Add(socket, most_block_bytes);
}

}  // namespace onebyone

extern "C" ssize_t recvmsg(int socket, msghdr* message, int flags) {
  const ssize_t received = syscall(SYS_recvmsg, socket, message, flags);
  if ((flags & (MSG_PEEK | MSG_ERRQUEUE)) != 0) return received;
  const int error = errno;
  const onebyone::Verdict verdict = onebyone::Connections().Take(socket, *message, received);
  errno = error;
  if (verdict == onebyone::Verdict::kGoOn) return received;
  if (verdict == onebyone::Verdict::kPause) {
    onebyone::Pause(socket, *message);
    return received;
  }
  onebyone::WarnOfTooLongHeaders();
  shutdown(socket, SHUT_RDWR);
  errno = ECONNRESET;
  return -1;
}

extern "C" int SSL_read(SSL* connection, void* buffer, int size) {
  if (size < 0) return -1;
  size_t received = 0;
  const int outcome = SSL_read_ex(connection, buffer, static_cast<size_t>(size), &received);
  if (outcome <= 0) return outcome;
  if (onebyone::TakeDecrypted(connection, buffer, received)) return static_cast<int>(received);
  onebyone::WarnOfTooLongHeaders();
  ERR_raise(ERR_LIB_USER, ERR_R_OPERATION_FAIL);  // what SSL_get_error finds: the connection is of no use any more
  return -1;
}
