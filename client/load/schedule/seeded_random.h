#pragma once

#include <cmath>
#include <cstdint>
#include <random>

#include "absl/strings/string_view.h"

namespace onebyone {

// Numbers that a seed repeats exactly, on every machine and with every standard library: the distributions of <random>
// promise no such thing. Streams of one seed for different purposes are independent. One thread at a time.
class SeededRandom {
 public:
  SeededRandom(uint64_t seed, absl::string_view purpose) : engine_(Mix(seed, purpose)) {}

  uint64_t Bits() { return engine_(); }
  double Uniform() { return static_cast<double>(engine_() >> 11) * 0x1p-53; }  // [0, 1)
  double Exponential() { return -std::log1p(-Uniform()); }                     // mean 1

 private:
  static uint64_t Mix(uint64_t seed, absl::string_view purpose) {
    uint64_t hash = 0xcbf29ce484222325ULL ^ (seed * 0x9e3779b97f4a7c15ULL);
    for (const char c : purpose) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    return hash;
  }

  std::mt19937_64 engine_;
};

}  // namespace onebyone
