#include "engine/image/entropy_bits.h"

namespace onebyone {

EntropyBits EntropyBits::RefilledByBytes(EntropyBits bits) {
  for (; bits.count_ < kLeast; bits.count_ += 8) {
    uint64_t byte = 0;
    if (bits.next_ < bits.end_ && *bits.next_ != 0xFF) {
      byte = *bits.next_++;
    } else if (bits.end_ - bits.next_ >= 2 && bits.next_[1] == 0) {
      byte = 0xFF;
      bits.next_ += 2;
    } else {
      bits.made_up_ += 8;
    }
    bits.window_ |= byte << (kLeast - bits.count_);
  }
  return bits;
}

}  // namespace onebyone
