#pragma once

#include <cstdio>

namespace onebyone {

// While this lives, what libraries print to stdio's `stderr` is lines of the log, where JSON stays JSON: "debug" for
// what any caller can cause by a broken picture or message (libpng, protobuf), which the answer tells the caller,
// "warning" for all else. What is written to the file descriptor itself (a sanitizer's report, glibc's last words) is
// not touched. Make it behind StartLog, one at a time, before other threads begin.
class LibraryOutput {
 public:
  LibraryOutput();
  ~LibraryOutput();
  LibraryOutput(const LibraryOutput&) = delete;
  LibraryOutput& operator=(const LibraryOutput&) = delete;

 private:
  std::FILE* const before_;
};

}  // namespace onebyone
