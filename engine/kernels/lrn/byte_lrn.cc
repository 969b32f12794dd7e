#include "engine/kernels/lrn/byte_lrn.h"

#include <algorithm>
#include <bit>

#include "absl/status/status.h"
#include "engine/base/always_inline.h"

namespace onebyone {
namespace {

// 1 / sqrt(x) for x > 0, to 7e-4: a guess from the bits, and a step of Newton with constants that suit it (Moroz et
// al., "Fast calculation of inverse square root with the use of magic constant", 2018). Divisions and roots take three
// times as long.
ONEBYONE_ALWAYS_INLINE float RoughInverseRoot(float x) {
  const float root = std::bit_cast<float>(0x5f1ffff9 - (std::bit_cast<int32_t>(x) >> 1));
  return root * (0.703952253F * (2.38924456F - x * root * root));
}

// The same to 1e-6.
ONEBYONE_ALWAYS_INLINE float InverseRoot(float x) {
  const float root = RoughInverseRoot(x);
  return root * (1.5F - 0.5F * x * root * root);
}

// What one run works with. Squares have `before` zeros in front and zeros behind, so that no window needs a look at the
// borders.
struct Rows {
  const uint8_t* src;
  uint8_t* dst;
  float* squares;
  int64_t pixels;
  int64_t channels;
  int64_t before;
  int64_t window;
  float factor;  // of a sum of squares, in units of the scale
  float bias;
  float ratio;  // of the scales
};

// sums[c] = squares[c] + ... + squares[c + window - 1]
ONEBYONE_ALWAYS_INLINE void SumWindows(const float* __restrict squares, int64_t window, int64_t channels,
                                       float* __restrict sums) {
  if (window == 5) {  // the usual one, in one go
    for (int64_t c = 0; c < channels; ++c) {
      sums[c] = (squares[c] + squares[c + 1]) + (squares[c + 2] + squares[c + 3]) + squares[c + 4];
    }
    return;
  }
  for (int64_t c = 0; c < channels; ++c) sums[c] = squares[c];
  for (int64_t other = 1; other < window; ++other) {
    for (int64_t c = 0; c < channels; ++c) sums[c] += squares[c + other];
  }
}

// What a byte stands for, in units of the scale.
template <bool kIsCompanded>
ONEBYONE_ALWAYS_INLINE float NumberOf(uint8_t byte) {
  const auto number = static_cast<float>(byte);
  return kIsCompanded ? number * number : number;
}

template <bool kIsCompanded>
ONEBYONE_ALWAYS_INLINE void NormalizeRows(const Rows& rows) {
  const int64_t channels = rows.channels;
  for (int64_t pixel = 0; pixel < rows.pixels; ++pixel) {
    const uint8_t* __restrict src = rows.src + pixel * channels;
    uint8_t* __restrict dst = rows.dst + pixel * channels;
    float* __restrict squares = rows.squares;
    for (int64_t c = 0; c < channels; ++c) {
      const float number = NumberOf<kIsCompanded>(src[c]);
      squares[rows.before + c] = number * number;
    }
    float* __restrict sums = rows.squares + channels + rows.window;
    SumWindows(squares, rows.window, channels, sums);
    for (int64_t c = 0; c < channels; ++c) {
      // base^-0.75 = base^-1 * base^0.25, with base^-0.5 = r: r * r / sqrt(r).
      const float r = InverseRoot(rows.bias + rows.factor * sums[c]);
      const float byte = NumberOf<kIsCompanded>(src[c]) * rows.ratio * r * r * RoughInverseRoot(r);
      dst[c] = static_cast<uint8_t>(static_cast<int32_t>(std::min(byte + 0.5F, 255.0F)));
    }
  }
}

using Normalize = void (*)(const Rows& rows);

template <bool kIsCompanded>
void NormalizeBaseline(const Rows& rows) {
  NormalizeRows<kIsCompanded>(rows);
}

#if defined(__x86_64__)
template <bool kIsCompanded>
__attribute__((target("avx2,fma"))) void NormalizeAvx2(const Rows& rows) {
  NormalizeRows<kIsCompanded>(rows);
}
template <bool kIsCompanded>
__attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,prefer-vector-width=512"))) void NormalizeAvx512(
    const Rows& rows) {
  NormalizeRows<kIsCompanded>(rows);
}
#endif

template <bool kIsCompanded>
Normalize Fastest() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq")) {
    return NormalizeAvx512<kIsCompanded>;
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return NormalizeAvx2<kIsCompanded>;
#endif
  return NormalizeBaseline<kIsCompanded>;
}

class BoundLrn : public BoundKernel {
 public:
  BoundLrn(const Rows& rows, Normalize normalize) : rows_(rows), normalize_(normalize) {}

  absl::Status Run() override {
    // Other steps of the plan use the same scratch memory in between.
    std::fill_n(rows_.squares, rows_.before, 0.0F);
    std::fill_n(rows_.squares + rows_.before + rows_.channels, rows_.window - rows_.before, 0.0F);
    normalize_(rows_);
    return absl::OkStatus();
  }

 private:
  const Rows rows_;
  const Normalize normalize_;
};

class ByteLrn : public Kernel {
 public:
  explicit ByteLrn(const ByteLrnSpec& spec) : spec_(spec) {}

  int64_t scratch_bytes() const override {
    return (2 * spec_.channels + spec_.attributes.size) * static_cast<int64_t>(sizeof(float));
  }

  absl::StatusOr<std::unique_ptr<BoundKernel>> Bind(absl::Span<const void* const> inputs,
                                                    absl::Span<void* const> outputs, void* scratch) const override {
    const LrnAttributes& attributes = spec_.attributes;
    Rows rows = {};
    rows.src = static_cast<const uint8_t*>(inputs.front());
    rows.dst = static_cast<uint8_t*>(outputs.front());
    rows.squares = static_cast<float*>(scratch);
    rows.pixels = spec_.pixels;
    rows.channels = spec_.channels;
    rows.before = (attributes.size - 1) / 2;
    rows.window = attributes.size;
    rows.factor = attributes.alpha / static_cast<float>(attributes.size) * spec_.src_scale * spec_.src_scale;
    rows.bias = attributes.bias;
    rows.ratio = spec_.src_scale / spec_.dst_scale;
    return std::make_unique<BoundLrn>(rows, spec_.src_is_companded ? Fastest<true>() : Fastest<false>());
  }

 private:
  const ByteLrnSpec spec_;
};

}  // namespace

absl::StatusOr<std::shared_ptr<const Kernel>> MakeByteLrn(const ByteLrnSpec& spec) {
  constexpr int64_t kWidestWindow = 64;
  const LrnAttributes& attributes = spec.attributes;
  if (attributes.beta != 0.75F || attributes.bias <= 0.0F || attributes.alpha < 0.0F ||
      attributes.size > kWidestWindow) {
    return absl::UnimplementedError("LRN of bytes: want beta 0.75, a positive bias, alpha from 0, size up to 64");
  }
  return std::make_shared<const ByteLrn>(spec);
}

}  // namespace onebyone
