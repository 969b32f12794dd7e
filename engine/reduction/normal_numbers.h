#pragma once

#include <cstdint>

namespace onebyone {

// Numbers of the standard normal distribution from a seed: SplitMix64 (Steele, Lea, Flood 2014) and Box-Muller. The
// same on every machine, to the last bit: logarithm and cosine are computed with IEEE arithmetic alone, since those of
// C libraries differ.
class NormalNumbers {
 public:
  explicit NormalNumbers(uint64_t seed) : state_(seed) {}
  double Next();

 private:
  uint64_t NextBits();

  uint64_t state_;
};

}  // namespace onebyone
