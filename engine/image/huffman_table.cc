#include "engine/image/huffman_table.h"

#include <algorithm>

#include "engine/image/byte_reader.h"

namespace onebyone {

bool HuffmanTable::Build(absl::string_view definition) {
  short_.fill({});
  code_end_.fill(0);
  const absl::string_view symbols = definition.substr(16);
  std::copy(symbols.begin(), symbols.end(), symbols_.begin());
  largest_ = 0;
  int32_t index = 0;
  int32_t code = 0;
  for (int length = 1; length <= 16; ++length, code *= 2) {
    const auto count = static_cast<int32_t>(ByteAt(definition, static_cast<size_t>(length) - 1));
    index_of_zero_[length] = index - code;
    if (count > 0) code_end_[length] = code + count;
    if (code + count >= 1 << length) return false;
    for (int32_t i = 0; i < count; ++i, ++code, ++index) {
      largest_ = std::max(largest_, symbols_[index]);
      if (length > kShort) continue;
      const auto first = short_.begin() + (code << (kShort - length));
      std::fill_n(first, 1 << (kShort - length), Symbol{static_cast<uint8_t>(length), symbols_[index]});
    }
  }
  return true;
}

HuffmanTable::Symbol HuffmanTable::AtLong(uint64_t window) const {
  for (int length = kShort + 1; length <= 16; ++length) {
    const auto code = static_cast<int32_t>(window >> (64 - length));
    if (code >= code_end_[length]) continue;
    return {static_cast<uint8_t>(length), symbols_[code + index_of_zero_[length]]};
  }
  return {};
}

}  // namespace onebyone
