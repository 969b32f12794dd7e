#pragma once

#include <sys/socket.h>
#include <sys/types.h>

#include <array>
#include <cstdint>
#include <unordered_map>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "server/intake/header_block_meter.h"

namespace onebyone {

// Follows what is read from each connection that this process has accepted, by descriptor, and says where it is enough:
// of headers (HeaderBlockMeter; of bytes that are not encrypted), and of bytes without a pause. Thread-safe.
class AcceptedConnections {
 public:
  enum class Verdict : uint8_t {
    kGoOn,
    kPause,  // enough for now: others are to be read. Only where `message` has the kernel's word of what is left
    kTooLongHeaders,
  };

  // Bytes in which no call begins, behind which a connection pauses; those of others have bounds of their own. Of
  // encrypted bytes nobody knows here.
  static constexpr int64_t kMostBytesWithoutCall = int64_t{1} << 20;
  static constexpr int64_t kBytesBetweenPauses = int64_t{16} << 20;  // of any kind

  // One has been accepted on `socket`; its headers may have so many bytes (HeaderBlockMeter).
  void Add(int socket, int64_t most_block_bytes);

  // recvmsg has read so many bytes from `socket` into `message`; or nothing, for there was none. Sockets that were not
  // added go on.
  Verdict Take(int socket, const msghdr& message, ssize_t received);

 private:
  struct Connection {
    uint64_t cookie = 0;
    HeaderBlockMeter meter{0};
    int64_t calls = 0;
    // Bytes:
    int64_t without_call = 0;
    int64_t without_pause = 0;
  };
  struct Shard {
    absl::Mutex mutex;
    std::unordered_map<int, Connection> connections ABSL_GUARDED_BY(mutex);
  };

  Shard& ShardOf(int socket) { return shards_[static_cast<size_t>(socket) % shards_.size()]; }

  std::array<Shard, 16> shards_;  // so that those who read at once seldom meet
};

// Where the kernel has told of it (TCP_INQ): how many bytes can be read at once behind those in `message`. Null where
// it has not.
int* UnreadBytes(const msghdr& message);

}  // namespace onebyone
