#include "engine/workbench/encoding_cost.h"

#include <cstring>
#include <functional>
#include <utility>

#include "absl/time/clock.h"
#include "engine/tensor/element_conversion.h"
#include "engine/workbench/latency.h"

namespace onebyone {
namespace {

// A float, and a number that protobuf writes in seven bits a byte.
int64_t RangeBytes(const Uint8Range& range) { return 4 + (range.zero_point < 128 ? 1 : 2); }

double LeastMilliseconds(int runs, const std::function<void()>& encode) {
  std::vector<double> times;
  for (int run = 0; run < runs; ++run) {
    const absl::Time start = absl::Now();
    encode();
    times.push_back(absl::ToDoubleMilliseconds(absl::Now() - start));
  }
  return Summarize(std::move(times)).min_ms;
}

}  // namespace

std::vector<EncodingCost> MeasureEncodings(absl::Span<const float> map, int64_t channels, int runs) {
  const auto elements = static_cast<int64_t>(map.size());
  const int64_t cells = elements / channels;
  std::vector<float> floats(map.size());
  std::vector<uint16_t> halves(map.size());
  std::vector<uint8_t> bytes(map.size());
  int64_t range_bytes = 0;
  const auto to_uint8 = [&] {
    range_bytes = 0;
    for (int64_t channel = 0; channel < channels; ++channel) {
      const float* values = map.data() + channel * cells;
      const Uint8Range range = ChooseUint8Range(values, cells);
      ConvertToUint8(values, cells, range, bytes.data() + channel * cells);
      range_bytes += RangeBytes(range);
    }
  };
  const double uint8_ms = LeastMilliseconds(runs, to_uint8);
  const auto least = [runs](const std::function<void()>& encode) { return LeastMilliseconds(runs, encode); };
  return {
      {"float32", "CHW", 4 * elements, least([&] { std::memcpy(floats.data(), map.data(), map.size() * 4); })},
      {"float32", "HWC", 4 * elements, least([&] { Transpose(map.data(), channels, cells, floats.data()); })},
      {"float16", "CHW", 2 * elements, least([&] { ConvertToFloat16(map.data(), elements, halves.data()); })},
      {"bfloat16", "CHW", 2 * elements, least([&] { ConvertToBFloat16(map.data(), elements, halves.data()); })},
      {"uint8", "CHW", elements + range_bytes, uint8_ms},
  };
}

}  // namespace onebyone
