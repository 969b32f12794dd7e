#pragma once

namespace onebyone {

// Keeps one file open that is not needed, from now to the end of the process, to be given up for a moment when none is
// left.
//
// gRPC 1.51 never listens again once accept4(2) has failed for want of a file. This program therefore has an accept4 of
// its own, which libgrpc finds before libc's: it then takes the connection in the spare file's place and closes it at
// once, so that its client knows, and says that nobody else waits. Thread-safe.
void KeepSpareFile();

}  // namespace onebyone
