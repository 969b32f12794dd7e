#pragma once

#include <cstdint>

namespace onebyone {

// From now on what gRPC reads is looked at: a connection that this process has accepted is closed where a block of
// headers has more than so many bytes, and one that sends without a pause is read in turns.
//
// gRPC 1.51 bounds the headers of each HEADERS and CONTINUATION frame, not of the block that they make: four
// connections that sent headers without an end took 4 GB in five seconds, 6 GB where each byte is a field
// (CVE-2024-27316). And it reads a connection as long as there is something to be read, whoever else waits. It has no
// place where its users see what it reads. This program therefore has a recvmsg and an SSL_read of its own, which
// libgrpc finds before libc's and libssl's. Thread-safe.
void GuardReads(int64_t most_block_bytes);

// A connection has been accepted on this descriptor.
void GuardReadsOf(int socket);

}  // namespace onebyone
