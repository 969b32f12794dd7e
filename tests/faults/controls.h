#pragma once

#include <atomic>
#include <cstdint>

// What the test tells the library in the server, and what it answers: a file that both have mapped.
// tests/integration/injected.py writes it by the same offsets.
struct FaultControls {
  std::atomic<int64_t> least_bytes;    // allocations of so many bytes or more are counted and may fail; 0: none
  std::atomic<int64_t> skip;           // so many of them are let pass
  std::atomic<int64_t> most_failures;  // then so many fail
  std::atomic<int64_t> seen;
  std::atomic<int64_t> failed;
  std::atomic<int64_t> clock_offset;  // nanoseconds that the wall clock goes ahead
};

// Null where the process was started without the file (FAULTS_FILE) in its environment.
FaultControls* Controls();
