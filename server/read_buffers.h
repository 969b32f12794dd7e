#pragma once

namespace onebyone {

// From now on gRPC reads into buffers of GRPC_ARG_TCP_MAX_READ_CHUNK_SIZE at most, by a word in its environment
// variable GRPC_EXPERIMENTS, unless whoever starts the process has one about it there.
//
// gRPC 1.51 has an experiment on by default, tcp_read_chunks, by which a connection's buffer is as large as what came
// without a pause the last time, or twice that, whatever that argument says: 460 MiB of one connection in two seconds,
// and behind 2 GiB the process ends (`tcp->incoming_buffer->length != 0`: it counts them in an int). A later gRPC that
// has no such experiment says so at the level of errors. To be called before all that is gRPC's and before the process
// has a second thread.
void BoundReadBuffers();

}  // namespace onebyone
