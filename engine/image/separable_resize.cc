#include "engine/image/separable_resize.h"

#include <algorithm>
#include <cstring>

#include "engine/base/always_inline.h"
#include "engine/base/status_macros.h"

// The loops below are compiled twice on x86: for every machine, and for those with AVX2.
#if defined(__x86_64__)
#define ONEBYONE_AVX2 __attribute__((target("avx2")))
#endif

namespace onebyone {
namespace {

using Int4 = int32_t __attribute__((vector_size(16)));
using Byte4 = uint8_t __attribute__((vector_size(4)));

constexpr int32_t kHalf = int32_t{1} << (FilterTaps::kWeightBits - 1);

ONEBYONE_ALWAYS_INLINE uint8_t ToByte(int32_t sum) {
  return static_cast<uint8_t>(std::clamp(sum >> FilterTaps::kWeightBits, 0, 255));
}

// Three channels and one byte more, which counts for nothing.
ONEBYONE_ALWAYS_INLINE Int4 LoadPixel(const uint8_t* pixel) {
  Byte4 bytes;
  std::memcpy(&bytes, pixel, sizeof(bytes));
  return __builtin_convertvector(bytes, Int4);
}

// One row of the pass along rows. Reads one byte past the last pixel needed.
ONEBYONE_ALWAYS_INLINE void NarrowRowLoop(const uint8_t* row, const FilterTaps& columns, uint8_t* to) {
  const auto outputs = static_cast<int64_t>(columns.first.size());
  for (int64_t x = 0; x < outputs; ++x, to += 3) {
    const uint8_t* from = row + int64_t{3} * columns.first[x];
    const int32_t* weights = columns.WeightsOf(x);
    const int32_t count = columns.count[x];
    Int4 even = {kHalf, kHalf, kHalf, 0};
    Int4 odd = {0, 0, 0, 0};
    int32_t i = 0;
    for (; i + 1 < count; i += 2, from += 6) {
      even += LoadPixel(from) * weights[i];
      odd += LoadPixel(from + 3) * weights[i + 1];
    }
    if (i < count) even += LoadPixel(from) * weights[i];
    const Int4 sum = even + odd;
    for (int c = 0; c < 3; ++c) to[c] = ToByte(sum[c]);
  }
}

// One row of the pass along columns: `bytes` of it, from `count` rows.
ONEBYONE_ALWAYS_INLINE void BlendRowsLoop(const uint8_t* rows, int64_t bytes, const int32_t* weights, int32_t count,
                                          uint8_t* to) {
  constexpr int64_t kBlock = 64;
  int64_t begin = 0;
  for (; begin + kBlock <= bytes; begin += kBlock) {
    int32_t sums[kBlock];
    for (int32_t& sum : sums) sum = kHalf;
    for (int32_t i = 0; i < count; ++i) {
      const uint8_t* from = rows + i * bytes + begin;
      for (int64_t j = 0; j < kBlock; ++j) sums[j] += from[j] * weights[i];
    }
    for (int64_t j = 0; j < kBlock; ++j) to[begin + j] = ToByte(sums[j]);
  }
  for (; begin < bytes; ++begin) {
    int32_t sum = kHalf;
    for (int32_t i = 0; i < count; ++i) sum += rows[i * bytes + begin] * weights[i];
    to[begin] = ToByte(sum);
  }
}

struct Loops {
  void (*narrow_row)(const uint8_t* row, const FilterTaps& columns, uint8_t* to);
  void (*blend_rows)(const uint8_t* rows, int64_t bytes, const int32_t* weights, int32_t count, uint8_t* to);
};

void NarrowRow(const uint8_t* row, const FilterTaps& columns, uint8_t* to) { NarrowRowLoop(row, columns, to); }
void BlendRows(const uint8_t* rows, int64_t bytes, const int32_t* weights, int32_t count, uint8_t* to) {
  BlendRowsLoop(rows, bytes, weights, count, to);
}

#if defined(__x86_64__)
ONEBYONE_AVX2 void NarrowRowAvx2(const uint8_t* row, const FilterTaps& columns, uint8_t* to) {
  NarrowRowLoop(row, columns, to);
}
ONEBYONE_AVX2 void BlendRowsAvx2(const uint8_t* rows, int64_t bytes, const int32_t* weights, int32_t count,
                                 uint8_t* to) {
  BlendRowsLoop(rows, bytes, weights, count, to);
}
#endif

Loops BestLoops() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) return {NarrowRowAvx2, BlendRowsAvx2};
#endif
  return {NarrowRow, BlendRows};
}

}  // namespace

absl::StatusOr<const uint8_t*> SeparableResize::Run(const uint8_t* pixels, int64_t width, int64_t height,
                                                    const FilterTaps& columns, const FilterTaps& rows) {
  static const Loops loops = BestLoops();
  const int64_t out_bytes = 3 * static_cast<int64_t>(columns.first.size());
  const auto out_rows = static_cast<int64_t>(rows.first.size());
  const int64_t begin = rows.Begin();
  const int64_t end = rows.End();
  ASSIGN_OR_RETURN(uint8_t* const last_row, last_row_.Reserve(3 * width + 1));
  ASSIGN_OR_RETURN(uint8_t* const narrowed, narrowed_.Reserve(out_bytes * (end - begin)));
  ASSIGN_OR_RETURN(uint8_t* const resized, resized_.Reserve(out_bytes * out_rows));

  for (int64_t y = begin; y < end; ++y) {
    const uint8_t* row = pixels + 3 * width * y;
    if (y == height - 1) {  // nothing may be read behind the picture
      std::memcpy(last_row, row, static_cast<size_t>(3 * width));
      row = last_row;
    }
    loops.narrow_row(row, columns, narrowed + out_bytes * (y - begin));
  }
  for (int64_t y = 0; y < out_rows; ++y) {
    const uint8_t* from = narrowed + out_bytes * (rows.first[y] - begin);
    loops.blend_rows(from, out_bytes, rows.WeightsOf(y), rows.count[y], resized + out_bytes * y);
  }
  return resized;
}

}  // namespace onebyone
