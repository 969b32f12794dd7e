#pragma once

#include <cstdint>

#include "engine/tensor/quantization.h"
#include "engine/tensor/shape.h"

namespace onebyone {

// How the elements of a value that is float32 in the graph lie in memory.
enum class Layout : uint8_t {
  kPlain,    // dense, row-major: [N, C, H, W]
  kBlocked,  // [N, ceil(C / block), H, W, block]: what vector kernels want. Channels that fill up the last block are
             // zero.
  kPlainBFloat16,  // the same two, each element rounded to bfloat16
  kBlockedBFloat16,
  kChannelsLast,       // [N, H, W, C], dense
  kChannelsLastUInt8,  // the same in bytes, which stand for numbers by a Quantization
  kChannelsLastInt8,
  kChannelsLastCompanded,  // unsigned bytes of a companded Quantization
};

constexpr bool IsBlocked(Layout layout) { return layout == Layout::kBlocked || layout == Layout::kBlockedBFloat16; }
constexpr bool IsBFloat16(Layout layout) {
  return layout == Layout::kPlainBFloat16 || layout == Layout::kBlockedBFloat16;
}
constexpr bool IsByte(Layout layout) {
  return layout == Layout::kChannelsLastUInt8 || layout == Layout::kChannelsLastInt8 ||
         layout == Layout::kChannelsLastCompanded;
}
// Bytes of one element.
constexpr int64_t ElementBytes(Layout layout) { return IsByte(layout) ? 1 : IsBFloat16(layout) ? 2 : 4; }

constexpr Layout ByteLayout(const Quantization& quantization) {
  if (quantization.is_companded) return Layout::kChannelsLastCompanded;
  return quantization.is_signed ? Layout::kChannelsLastInt8 : Layout::kChannelsLastUInt8;
}

// Whether this CPU multiplies bfloat16 numbers by itself (AVX512_BF16 or AMX, and oneDNN not told to ignore them).
bool HasBFloat16();

// The largest absolute weight that int8 kernels take whatever the other weights are. Without VNNI, the products of two
// neighbouring bytes and weights are added in 16 bits, which saturate: 255 * (64 + 64) just fits.
int LargestByteWeight();

// Whether int8 kernels may be Winograd at all: with VNNI, since transformed bytes and weights leave no room for sums
// that saturate, and with oneDNN 2, since oneDNN 3 has none.
bool HasByteWinograd();

// Channels in a block on this CPU: as many floats as a vector register holds (16 with AVX-512, else 8).
int64_t ChannelBlock();
// `channels`, and those that fill up the last block.
int64_t WholeBlocks(int64_t channels);

// Bytes of a value of rank 4 (any rank for the plain ones).
int64_t LayoutBytes(const Shape& shape, Layout layout);

}  // namespace onebyone
