#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

#include "absl/strings/string_view.h"

namespace onebyone {

// The bits of entropy-coded segments (ITU-T T.81, B.1.1.5 and F.2.2.5): most significant first, a byte FF is followed
// by a stuffed 00, and a marker ends the segment. Never reads outside the bytes that it was given: behind a marker or
// their end come zeroes, and the segment is known to be overrun once one of those is skipped.
class EntropyBits {
 public:
  static constexpr int kLeast = 56;  // bits in the window after Refill

  explicit EntropyBits(absl::string_view bytes)
      : next_(reinterpret_cast<const uint8_t*>(bytes.data())), end_(next_ + bytes.size()) {}

  // The next bits; the first one is the highest. At least kLeast, less what was skipped since Refill.
  uint64_t window() const { return window_; }

  void Refill() {
    if (end_ - next_ >= 8) [[likely]] {
      const uint64_t bytes = BigEndian64(next_);
      if (!HoldsFF(bytes)) [[likely]] {
        // What does not fit whole is read again by the next Refill, which finds the same bits there.
        window_ |= bytes >> count_;
        next_ += (63 - count_) >> 3;
        count_ |= kLeast;
        return;
      }
    }
    *this = RefilledByBytes(*this);
  }

  // REQUIRES: as many bits in the window.
  void Skip(int bits) {
    window_ <<= bits;
    count_ -= bits;
  }

  // More bits were skipped than the segment has.
  bool IsOverrun() const { return count_ < made_up_; }

  // Ends the segment: true where nothing but its padding (less than a byte) is left and the marker FF `code` follows at
  // once. The next segment begins behind it.
  bool TakeMarker(uint8_t code) {
    const int left = count_ - made_up_;
    if (left < 0 || left >= 8 || end_ - next_ < 2 || next_[0] != 0xFF || next_[1] != code) return false;
    next_ += 2;
    window_ = 0;
    count_ = 0;
    made_up_ = 0;
    return true;
  }

 private:
  static uint64_t BigEndian64(const uint8_t* from) {
    uint64_t bytes;
    std::memcpy(&bytes, from, sizeof(bytes));
    if constexpr (std::endian::native == std::endian::little) bytes = __builtin_bswap64(bytes);
    return bytes;
  }

  // A byte of the complement is zero: taking 1 from it borrows.
  static bool HoldsFF(uint64_t bytes) {
    constexpr uint64_t kOnes = 0x0101010101010101;
    return ((~bytes - kOnes) & bytes & (kOnes << 7)) != 0;
  }

  // By value, so that the address of no reader is taken and its members stay in registers.
  static EntropyBits RefilledByBytes(EntropyBits bits);

  const uint8_t* next_;
  const uint8_t* end_;
  uint64_t window_ = 0;
  int count_ = 0;    // bits in the window, made up ones included; those below may hold the beginning of the next byte
  int made_up_ = 0;  // zeroes behind the end of the segment
};

}  // namespace onebyone
