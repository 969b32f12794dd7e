#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

namespace onebyone {

// Times of calls are kept in ticks of 100 ns: finer than what a call through a socket repeats, and 32 bits last 429 s.
inline constexpr int64_t kTickNs = 100;

// Longer times count as this one: longer than any deadline that is allowed.
inline uint32_t ToTicks(int64_t ns) {
  return static_cast<uint32_t>(std::clamp<int64_t>(ns / kTickNs, 0, std::numeric_limits<uint32_t>::max()));
}
// Divides by a whole number: a product with 1e-4 would make 999.9999999999999 of a second.
inline double TicksToMs(double ticks) { return ticks / (1e6 / static_cast<double>(kTickNs)); }

// What became of one call, in 16 bytes, so that a run of five million fits into 80 MB.
struct Sample {
  static constexpr uint64_t kNeverSent = 255;  // as a code: max_outstanding calls were in the air

  uint64_t due : 48;   // ticks since the measured time began
  uint64_t code : 16;  // grpc::StatusCode, or kNeverSent
  uint32_t late;       // ticks from due to sent
  uint32_t service;    // ticks from sent to answered

  // From the intended moment to the answer.
  uint32_t whole() const {
    return static_cast<uint32_t>(std::min<uint64_t>(uint64_t{late} + service, std::numeric_limits<uint32_t>::max()));
  }
  // Ticks since the measured time began.
  uint64_t answered() const { return due + late + service; }
};
static_assert(sizeof(Sample) == 16);

}  // namespace onebyone
