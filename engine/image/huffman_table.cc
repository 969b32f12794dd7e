#include "engine/image/huffman_table.h"

#include <algorithm>

#include "engine/image/byte_reader.h"

namespace onebyone {
namespace {

HuffmanTable::Symbol Unpack(uint8_t symbol, int code_bits) {
  const int size = symbol & 15;
  return {static_cast<uint8_t>(code_bits), static_cast<uint8_t>(code_bits + size), static_cast<uint8_t>(symbol >> 4),
          static_cast<uint8_t>(size)};
}

}  // namespace

bool HuffmanTable::Build(absl::string_view definition) {
  short_.fill({});
  code_end_.fill(0);
  const absl::string_view symbols = definition.substr(kMostCodeBits);
  std::copy(symbols.begin(), symbols.end(), symbols_.begin());
  largest_ = 0;
  int32_t index = 0;
  int32_t code = 0;
  for (int length = 1; length <= kMostCodeBits; ++length, code *= 2) {
    const auto count = static_cast<int32_t>(ByteAt(definition, static_cast<size_t>(length) - 1));
    index_of_zero_[length] = index - code;
    if (count > 0) code_end_[length] = code + count;
    if (code + count >= 1 << length) return false;
    for (int32_t i = 0; i < count; ++i, ++code, ++index) {
      largest_ = std::max(largest_, symbols_[index]);
      if (length > kShort) continue;
      auto* const first = short_.begin() + (code << (kShort - length));
      std::fill_n(first, 1 << (kShort - length), Unpack(symbols_[index], length));
    }
  }
  return true;
}

HuffmanTable::Symbol HuffmanTable::AtLong(uint64_t window) const {
  for (int length = kShort + 1; length <= kMostCodeBits; ++length) {
    const auto code = static_cast<int32_t>(window >> (64 - length));
    if (code < code_end_[length]) return Unpack(symbols_[code + index_of_zero_[length]], length);
  }
  return {};
}

}  // namespace onebyone
