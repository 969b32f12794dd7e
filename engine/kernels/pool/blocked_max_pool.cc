#include "engine/kernels/pool/blocked_max_pool.h"

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "engine/base/always_inline.h"

namespace onebyone {
namespace {

// Which elements of the input a window spans along one axis.
struct Span {
  int64_t first = 0;
  int64_t end = 0;
};

struct PoolRun {
  const void* src;
  void* dst;
  void* row;       // as wide as a row of the input
  int64_t planes;  // images times blocks
  int64_t height;
  int64_t width;
  const std::vector<Span>* rows;  // of each row of the output
  const std::vector<Span>* columns;
};

ONEBYONE_ALWAYS_INLINE float Larger(float a, float b) { return b > a ? b : a; }

// bfloat16 as integers of the same order: the bits of negative numbers count downwards.
ONEBYONE_ALWAYS_INLINE int16_t Ordered(int16_t bits) { return static_cast<int16_t>(bits ^ ((bits >> 15) & 0x7fff)); }
ONEBYONE_ALWAYS_INLINE int16_t Larger(int16_t a, int16_t b) { return Ordered(b) > Ordered(a) ? b : a; }

// The largest of each column of `rows` rows, `line` elements apart.
template <typename T>
ONEBYONE_ALWAYS_INLINE void LargestOfRows(const T* __restrict src, int64_t line, int64_t rows, T* __restrict row) {
  if (rows == 3) {  // the usual one, in one go
    for (int64_t i = 0; i < line; ++i) row[i] = Larger(Larger(src[i], src[line + i]), src[2 * line + i]);
    return;
  }
  std::memcpy(row, src, static_cast<size_t>(line) * sizeof(T));
  for (const T* other = src + line; other < src + rows * line; other += line) {
    for (int64_t i = 0; i < line; ++i) row[i] = Larger(row[i], other[i]);
  }
}

template <typename T, int kBlock>
ONEBYONE_ALWAYS_INLINE void LargestOfColumns(const T* __restrict row, const Span& columns, T* __restrict dst) {
  const T* pixel = row + columns.first * kBlock;
  if (columns.end - columns.first == 3) {
    for (int lane = 0; lane < kBlock; ++lane) {
      dst[lane] = Larger(Larger(pixel[lane], pixel[kBlock + lane]), pixel[2 * kBlock + lane]);
    }
    return;
  }
  T best[kBlock];
  std::memcpy(best, pixel, sizeof(best));
  for (int64_t x = columns.first + 1; x < columns.end; ++x) {
    pixel += kBlock;
    for (int lane = 0; lane < kBlock; ++lane) best[lane] = Larger(best[lane], pixel[lane]);
  }
  std::memcpy(dst, best, sizeof(best));
}

template <typename T, int kBlock>
ONEBYONE_ALWAYS_INLINE void PoolPlane(const PoolRun& run, const T* src, T* dst) {
  T* row = static_cast<T*>(run.row);
  const int64_t line = run.width * kBlock;
  for (const Span& rows : *run.rows) {
    LargestOfRows(src + rows.first * line, line, rows.end - rows.first, row);
    for (const Span& columns : *run.columns) {
      LargestOfColumns<T, kBlock>(row, columns, dst);
      dst += kBlock;
    }
  }
}

template <typename T, int kBlock>
ONEBYONE_ALWAYS_INLINE void PoolPlanes(const PoolRun& run) {
  const T* src = static_cast<const T*>(run.src);
  T* dst = static_cast<T*>(run.dst);
  const auto outputs = static_cast<int64_t>(run.rows->size() * run.columns->size());
  for (int64_t plane = 0; plane < run.planes; ++plane) {
    PoolPlane<T, kBlock>(run, src, dst);
    src += run.height * run.width * kBlock;
    dst += outputs * kBlock;
  }
}

using PoolFunction = void (*)(const PoolRun& run);

template <typename T, int kBlock>
void PoolBaseline(const PoolRun& run) {
  PoolPlanes<T, kBlock>(run);
}

#if defined(__x86_64__)
template <typename T, int kBlock>
__attribute__((target("avx2"))) void PoolAvx2(const PoolRun& run) {
  PoolPlanes<T, kBlock>(run);
}

template <typename T, int kBlock>
__attribute__((target("avx512f,avx512bw,avx512vl,prefer-vector-width=512"))) void PoolAvx512(const PoolRun& run) {
  PoolPlanes<T, kBlock>(run);
}
#endif

template <typename T, int kBlock>
PoolFunction Fastest() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl")) return PoolAvx512<T, kBlock>;
  if (__builtin_cpu_supports("avx2")) return PoolAvx2<T, kBlock>;
#endif
  return PoolBaseline<T, kBlock>;
}

PoolFunction FunctionFor(DataType type, int64_t block) {
  if (type == DataType::kFloat32) return block == 16 ? Fastest<float, 16>() : Fastest<float, 8>();
  return block == 16 ? Fastest<int16_t, 16>() : Fastest<int16_t, 8>();
}

class BoundPool : public BoundKernel {
 public:
  BoundPool(const PoolRun& run, PoolFunction function) : run_(run), function_(function) {}

  absl::Status Run() override {
    function_(run_);
    return absl::OkStatus();
  }

 private:
  const PoolRun run_;
  const PoolFunction function_;
};

class BlockedMaxPool : public Kernel {
 public:
  BlockedMaxPool(const BlockedMaxPoolSpec& spec, std::vector<Span> rows, std::vector<Span> columns)
      : spec_(spec), rows_(std::move(rows)), columns_(std::move(columns)) {}

  int64_t scratch_bytes() const override {
    return spec_.src[3] * spec_.block * static_cast<int64_t>(SizeOf(spec_.type));
  }

  absl::StatusOr<std::unique_ptr<BoundKernel>> Bind(absl::Span<const void* const> inputs,
                                                    absl::Span<void* const> outputs, void* scratch) const override {
    const int64_t blocks = (spec_.src[1] + spec_.block - 1) / spec_.block;
    const PoolRun run = {inputs.front(), outputs.front(), scratch, spec_.src[0] * blocks,
                         spec_.src[2],   spec_.src[3],    &rows_,  &columns_};
    return std::make_unique<BoundPool>(run, FunctionFor(spec_.type, spec_.block));
  }

 private:
  const BlockedMaxPoolSpec spec_;
  const std::vector<Span> rows_;
  const std::vector<Span> columns_;
};

// Empty where a window has no element of the input.
std::vector<Span> SpansOf(const BlockedMaxPoolSpec& spec, int axis) {
  const Window& window = spec.window;
  const int64_t extent = spec.src[2 + axis];
  std::vector<Span> spans;
  for (int64_t i = 0; i < spec.dst[2 + axis]; ++i) {
    const int64_t begin = i * window.strides[axis] - window.pads_begin[axis];
    const Span span = {std::max<int64_t>(0, begin), std::min(extent, begin + window.kernel[axis])};
    if (span.first >= span.end) return {};
    spans.push_back(span);
  }
  return spans;
}

}  // namespace

absl::StatusOr<std::shared_ptr<const Kernel>> MakeBlockedMaxPool(const BlockedMaxPoolSpec& spec) {
  const auto is_one = [](int64_t dilation) { return dilation == 1; };
  const bool dense = std::all_of(spec.window.dilations.begin(), spec.window.dilations.end(), is_one);
  std::vector<Span> rows = SpansOf(spec, 0);
  std::vector<Span> columns = SpansOf(spec, 1);
  const bool known = spec.type == DataType::kFloat32 || spec.type == DataType::kBFloat16;
  if (!dense || rows.empty() || columns.empty() || !known || (spec.block != 8 && spec.block != 16)) {
    return absl::UnimplementedError(
        "max pool of blocks: want whole windows over 8 or 16 channels of float32 or bfloat16");
  }
  return std::make_shared<const BlockedMaxPool>(spec, std::move(rows), std::move(columns));
}

}  // namespace onebyone
