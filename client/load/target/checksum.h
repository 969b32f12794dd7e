#pragma once

#include <cstdint>

#include "absl/strings/string_view.h"

namespace onebyone {

// FNV-1a, 64 bits: tells answers apart, guards against nobody. `seed`: the checksum of what came before.
inline uint64_t Checksum(absl::string_view bytes, uint64_t seed = 0xcbf29ce484222325ULL) {
  for (const char c : bytes) seed = (seed ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return seed;
}

}  // namespace onebyone
