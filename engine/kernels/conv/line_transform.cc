#include "engine/kernels/conv/line_transform.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "engine/base/always_inline.h"
#include "engine/kernels/conv/cook_toom.h"

namespace onebyone {
namespace {

// As many numbers as a block has channels: one register in the function that this is inlined into. References only, for
// how vectors are passed depends on the instruction set.
template <int kBlock>
using Floats __attribute__((vector_size(kBlock * sizeof(float)))) = float;
template <int kBlock>
using Bits __attribute__((vector_size(kBlock * sizeof(uint32_t)))) = uint32_t;
template <int kBlock>
using HalfBits __attribute__((vector_size(kBlock * sizeof(uint16_t)))) = uint16_t;

template <int kBlock>
ONEBYONE_ALWAYS_INLINE void Load(const float* from, Floats<kBlock>& value) {
  std::memcpy(&value, from, sizeof(value));
}
template <int kBlock>
ONEBYONE_ALWAYS_INLINE void Load(const uint16_t* from, Floats<kBlock>& value) {
  HalfBits<kBlock> half;
  std::memcpy(&half, from, sizeof(half));
  const Bits<kBlock> bits = __builtin_convertvector(half, Bits<kBlock>) << 16;
  std::memcpy(&value, &bits, sizeof(value));
}

template <int kBlock>
ONEBYONE_ALWAYS_INLINE void Store(const Floats<kBlock>& value, float* to) {
  std::memcpy(to, &value, sizeof(value));
}
// To the nearest, ties to even; some NaNs become infinite.
template <int kBlock>
ONEBYONE_ALWAYS_INLINE void Store(const Floats<kBlock>& value, uint16_t* to) {
  Bits<kBlock> bits;
  std::memcpy(&bits, &value, sizeof(bits));
  bits = (bits + 0x7fffU + ((bits >> 16) & 1U)) >> 16;
  const HalfBits<kBlock> half = __builtin_convertvector(bits, HalfBits<kBlock>);
  std::memcpy(to, &half, sizeof(half));
}

// A row of a matrix times vectors of kBlock channels, `stride` floats apart. Terms of zero are left out when this is
// compiled.
template <const auto& kMatrix, size_t kRow, int kBlock, size_t... kTerms>
ONEBYONE_ALWAYS_INLINE void Combine(const float* src, int64_t stride, Floats<kBlock>& sum,
                                    std::index_sequence<kTerms...> /*terms*/) {
  constexpr auto kFactors = kMatrix[kRow];
  sum = Floats<kBlock>{};
  const auto add = [&](size_t term) __attribute__((always_inline)) {
    Floats<kBlock> value;
    Load<kBlock>(src + static_cast<int64_t>(term) * stride, value);
    sum += static_cast<float>(kFactors[term]) * value;
  };
  ((kFactors[kTerms] != 0.0 ? add(kTerms) : void()), ...);
}

template <typename E, int kBlock, int kOutputs, int kTaps, size_t kPoint, typename Points>
ONEBYONE_ALWAYS_INLINE void TransformPoint(const float* pixels, E* dst, Points points) {
  Floats<kBlock> sum;
  Combine<kCookToomInput<kOutputs, kTaps>, kPoint, kBlock>(pixels, kBlock, sum, points);
  Store<kBlock>(sum, dst);
}

template <typename E, int kBlock, int kOutputs, int kTaps, size_t... kPoints>
ONEBYONE_ALWAYS_INLINE void TransformTile(const float* pixels, E* dst, int64_t point_stride,
                                          std::index_sequence<kPoints...> points) {
  (TransformPoint<E, kBlock, kOutputs, kTaps, kPoints>(pixels, dst + int64_t{kPoints} * point_stride, points), ...);
}

// Copies the pixels of one line to where they belong in `line`, whose padding is zero.
template <typename E, int kBlock>
ONEBYONE_ALWAYS_INLINE void CopyLine(const LineTransform& transform, const E* src, float* line) {
  const int64_t first = std::max<int64_t>(0, transform.src_pixel);
  const int64_t end = std::min(transform.src.pixels, transform.src_pixel + transform.padded_line() / kBlock);
  float* to = line + (first - transform.src_pixel) * kBlock;
  for (int64_t pixel = first; pixel < end; ++pixel, to += kBlock) {
    const E* from = src + pixel * transform.src.pixel_stride;
    Floats<kBlock> value;
    Load<kBlock>(from, value);
    Store<kBlock>(value, to);
  }
}

template <typename E, int kBlock, int kOutputs, int kTaps>
ONEBYONE_ALWAYS_INLINE void TransformInput(const LineTransform& transform, int64_t first, const void* from, float* line,
                                           void* to) {
  const auto* src = static_cast<const E*>(from);
  auto* dst = static_cast<E*>(to);
  std::memset(line, 0, static_cast<size_t>(transform.padded_line()) * sizeof(float));
  const int64_t channels = transform.src.blocks * kBlock;
  const int64_t tiles = transform.tiles();
  const int64_t point_stride = transform.src_lines() * tiles * channels;
  constexpr auto kPoints = std::make_index_sequence<kOutputs + kTaps - 1>();
  for (int64_t i = 0; i < transform.src_lines(); ++i) {
    const int64_t src_line = transform.src_line + first + i;
    E* tiles_of_line = dst + i * tiles * channels;
    if (src_line < 0 || src_line >= transform.src.lines) {  // padding
      for (int point = 0; point < transform.points(); ++point) {
        std::memset(tiles_of_line + point * point_stride, 0, static_cast<size_t>(tiles * channels) * sizeof(E));
      }
      continue;
    }
    for (int64_t block = 0; block < transform.src.blocks; ++block) {
      CopyLine<E, kBlock>(transform, src + block * transform.src.block_stride + src_line * transform.src.line_stride,
                          line);
      E* tile = tiles_of_line + block * kBlock;
      for (int64_t t = 0; t < tiles; ++t, tile += channels) {
        TransformTile<E, kBlock, kOutputs, kTaps>(line + t * kOutputs * kBlock, tile, point_stride, kPoints);
      }
    }
  }
}

template <typename E, int kBlock, int kOutputs, int kTaps, size_t kPixel>
ONEBYONE_ALWAYS_INLINE void FinishPixel(const LineTransform& transform, const float* src, int64_t point_stride,
                                        const float* bias, E* dst) {
  Floats<kBlock> sum;
  Combine<kCookToomOutput<kOutputs, kTaps>, kPixel, kBlock>(src, point_stride, sum,
                                                            std::make_index_sequence<kOutputs + kTaps - 1>());
  Floats<kBlock> added;
  Load<kBlock>(bias, added);
  sum += added;
  const Floats<kBlock> low = Floats<kBlock>{} + transform.low;
  const Floats<kBlock> high = Floats<kBlock>{} + transform.high;
  sum = sum < low ? low : sum;  // a NaN stays
  sum = sum > high ? high : sum;
  Store<kBlock>(sum, dst);
}

// `pixels`: of the line from this tile on.
template <typename E, int kBlock, int kOutputs, int kTaps, size_t... kPixels>
ONEBYONE_ALWAYS_INLINE void FinishTile(const LineTransform& transform, const float* src, int64_t point_stride,
                                       const float* bias, E* dst, int64_t pixels,
                                       std::index_sequence<kPixels...> /*pixels*/) {
  const int64_t stride = transform.dst.pixel_stride;
  ((int64_t{kPixels} < pixels
        ? FinishPixel<E, kBlock, kOutputs, kTaps, kPixels>(transform, src, point_stride, bias, dst + kPixels * stride)
        : void()),
   ...);
}

template <typename E, int kBlock, int kOutputs, int kTaps>
ONEBYONE_ALWAYS_INLINE void TransformOutput(const LineTransform& transform, int64_t first, const float* src,
                                            const float* bias, void* to) {
  auto* dst = static_cast<E*>(to);
  const int64_t channels = transform.dst.blocks * kBlock;
  const int64_t tiles = transform.tiles();
  const int64_t point_stride = transform.strip * tiles * channels;
  constexpr float kNoBias[kBlock] = {};
  for (int64_t line = first; line < first + transform.strip; ++line) {
    for (int64_t t = 0; t < tiles; ++t) {
      const int64_t pixel = t * kOutputs;
      for (int64_t block = 0; block < transform.dst.blocks; ++block, src += kBlock) {
        FinishTile<E, kBlock, kOutputs, kTaps>(
            transform, src, point_stride, bias == nullptr ? kNoBias : bias + block * kBlock,
            dst + block * transform.dst.block_stride + line * transform.dst.line_stride +
                pixel * transform.dst.pixel_stride,
            transform.dst.pixels - pixel, std::make_index_sequence<kOutputs>());
      }
    }
  }
}

#define ONEBYONE_LINE_FUNCTIONS(name, attribute)                                                                       \
  template <typename E, int kBlock, int kOutputs, int kTaps>                                                           \
  attribute void Input##name(const LineTransform& transform, int64_t first, const void* src, float* line, void* dst) { \
    TransformInput<E, kBlock, kOutputs, kTaps>(transform, first, src, line, dst);                                      \
  }                                                                                                                    \
  template <typename E, int kBlock, int kOutputs, int kTaps>                                                           \
  attribute void Output##name(const LineTransform& transform, int64_t first, const float* src, const float* bias,      \
                              void* dst) {                                                                             \
    TransformOutput<E, kBlock, kOutputs, kTaps>(transform, first, src, bias, dst);                                     \
  }
#if defined(__x86_64__)
ONEBYONE_LINE_FUNCTIONS(Avx2, __attribute__((target("avx2,fma"))))
ONEBYONE_LINE_FUNCTIONS(Avx512,
                        __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,fma,prefer-vector-width=512"))))
#else
ONEBYONE_LINE_FUNCTIONS(Baseline, )
#endif
#undef ONEBYONE_LINE_FUNCTIONS

template <typename E, int kBlock, int kOutputs, int kTaps>
LineFunctions Fastest() {
  LineFunctions made;
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq")) {
    made = {InputAvx512<E, kBlock, kOutputs, kTaps>, OutputAvx512<E, kBlock, kOutputs, kTaps>, {}};
  } else if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    made = {InputAvx2<E, kBlock, kOutputs, kTaps>, OutputAvx2<E, kBlock, kOutputs, kTaps>, {}};
  } else {
    return made;  // nothing to gain without vectors
  }
#else
  made = {InputBaseline<E, kBlock, kOutputs, kTaps>, OutputBaseline<E, kBlock, kOutputs, kTaps>, {}};
#endif
  for (const auto& row : kCookToomFilter<kOutputs, kTaps>) {
    made.filter.insert(made.filter.end(), row.begin(), row.end());
  }
  return made;
}

template <typename E, int kOutputs, int kTaps>
LineFunctions ForBlock(int64_t block) {
  return block == 16 ? Fastest<E, 16, kOutputs, kTaps>() : Fastest<E, 8, kOutputs, kTaps>();
}

}  // namespace

int LineOutputs(int64_t taps, DataType type) {
  if (type != DataType::kFloat32 && type != DataType::kBFloat16) return 0;
  if (taps == 7) return type == DataType::kFloat32 ? 4 : 2;
  return taps == 3 || taps == 5 ? 4 : 0;
}

LineFunctions LineFunctionsFor(const LineTransform& transform) {
  const int64_t block = transform.block;
  const bool known = transform.outputs > 0 && transform.outputs == LineOutputs(transform.taps, transform.type);
  if (!known || (block != 8 && block != 16)) return {};
  const bool is_float = transform.type == DataType::kFloat32;
  switch (transform.taps) {
    case 3: return is_float ? ForBlock<float, 4, 3>(block) : ForBlock<uint16_t, 4, 3>(block);
    case 5: return is_float ? ForBlock<float, 4, 5>(block) : ForBlock<uint16_t, 4, 5>(block);
    default: return is_float ? ForBlock<float, 4, 7>(block) : ForBlock<uint16_t, 2, 7>(block);
  }
}

}  // namespace onebyone
