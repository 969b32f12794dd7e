#pragma once

#include <cstdint>
#include <string>

namespace onebyone::testing {

// `bytes` damaged in one to four places, the same for the same seed: bits turned over, bytes written over (more often
// in the first kilobyte, where a file says what it holds), stretches removed, repeated, filled, exchanged with those of
// `other`, or the end cut off.
std::string Mutated(std::string bytes, const std::string& other, uint64_t seed);

}  // namespace onebyone::testing
