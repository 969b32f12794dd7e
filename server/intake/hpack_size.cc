#include "server/intake/hpack_size.h"

#include <algorithm>

namespace onebyone {
namespace {

constexpr int64_t kBytesAroundField = 32;
constexpr uint8_t kMore = 0x80;  // of a number that goes on
constexpr uint8_t kNumberBits = 0x7f;
constexpr uint8_t kLargestShift = 28;  // of lengths that a decoder takes

}  // namespace

void HpackSize::Take(absl::Span<const uint8_t> bytes) {
  bytes_ += static_cast<int64_t>(bytes.size());
  while (!bytes.empty()) {
    if (state_ == State::kStringBytes) {
      const size_t taken = std::min<uint64_t>(bytes.size(), length_);
      bytes.remove_prefix(taken);
      length_ -= taken;
      if (length_ == 0) GoOn();
    } else {
      TakeByte(bytes[0]);
      bytes.remove_prefix(1);
    }
  }
}

void HpackSize::TakeByte(uint8_t byte) {
  switch (state_) {
    case State::kField: return BeginField(byte);
    case State::kIndex:
      if ((byte & kMore) == 0) GoOn();
      return;
    case State::kString: return BeginString(byte);
    case State::kStringLength:
      if (shift_ <= kLargestShift) length_ += static_cast<uint64_t>(byte & kNumberBits) << shift_;
      shift_ = std::min<uint8_t>(shift_ + 7, kLargestShift + 7);
      if ((byte & kMore) == 0) state_ = State::kStringBytes;
      return;
    case State::kStringBytes: return;  // Take's
  }
}

void HpackSize::BeginField(uint8_t byte) {
  bytes_ += kBytesAroundField;
  uint8_t largest = 0x0f;  // of an index in this byte: a literal that is not indexed, or never
  strings_ = 1;            // its value
  if ((byte & 0x80) != 0) {
    largest = 0x7f;  // an indexed field
    strings_ = 0;
  } else if ((byte & 0x40) != 0) {
    largest = 0x3f;  // a literal that is indexed
  } else if ((byte & 0x20) != 0) {
    largest = 0x1f;  // a new size of the table
    strings_ = 0;
  }
  const uint8_t index = byte & largest;
  if (index == 0 && strings_ > 0) strings_ = 2;  // its name too
  state_ = State::kIndex;
  if (index < largest) GoOn();
}

void HpackSize::BeginString(uint8_t byte) {
  --strings_;
  length_ = byte & kNumberBits;  // the first bit says whether it is Huffman coded
  shift_ = 0;
  if (length_ == kNumberBits) {
    state_ = State::kStringLength;
  } else if (length_ == 0) {
    GoOn();
  } else {
    state_ = State::kStringBytes;
  }
}

void HpackSize::GoOn() { state_ = strings_ > 0 ? State::kString : State::kField; }

}  // namespace onebyone
