#include <algorithm>
#include <cstring>
#include <string>

#include "tests/fuzz/libfuzzer.h"
#include "tests/image/encoded_png.h"

// Puts right the checksums of a PNG that was changed, for a decoder looks no further where one is wrong.

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size, unsigned seed) {
  const size_t changed = LLVMFuzzerMutate(data, size, max_size);
  std::string bytes(reinterpret_cast<const char*>(data), changed);
  if (seed % 8 == 0 || bytes.size() < 8 || bytes.compare(1, 3, "PNG") != 0) return changed;
  onebyone::testing::FixChecksums(bytes);
  const size_t kept = std::min(bytes.size(), max_size);
  std::memcpy(data, bytes.data(), kept);
  return kept;
}
