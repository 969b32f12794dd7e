#include "engine/image/eighth_scan.h"

#include "engine/base/always_inline.h"

namespace onebyone {
namespace {

// Before an MCU, where a restart is due (ITU-T T.81, E.2.4 and F.2.1.3.1).
bool Restart(EighthScan& scan, EntropyBits& bits) {
  if (!bits.TakeMarker(static_cast<uint8_t>(0xD0 + scan.next_restart))) return false;
  scan.next_restart = (scan.next_restart + 1) % 8;
  scan.until_restart = scan.restart_interval;
  for (EighthScan::Component& component : scan.component) component.dc = 0;
  return true;
}

// The mean of the next block.
ONEBYONE_ALWAYS_INLINE bool ReadMean(EntropyBits& bits, EighthScan::Component& component, uint8_t& sample) {
  return ReadDc(bits, *component.tables, component.dc) && SampleOfDc(component.dc * component.dc_step, sample) &&
         SkipAc(bits, *component.tables);
}

// The 2x2 samples of the next block.
ONEBYONE_ALWAYS_INLINE bool ReadQuarters(EntropyBits& bits, EighthScan::Component& component,
                                         ReducedIdct::Samples& samples) {
  const BlockTables& tables = *component.tables;
  if (!ReadDc(bits, tables, component.dc)) return false;
  const AcValueTable::Step first = tables.ac_value.At(bits.window());
  if (first.coefficients == AcStep::kEnd) {
    bits.Skip(first.bits);
    uint8_t mean = 0;
    const bool is_usual = SampleOfDc(component.dc * component.dc_step, mean);
    samples.fill(mean);
    return is_usual;
  }
  ReducedIdct::Sums sums{};
  return component.idct.Add(0, component.dc, sums) && ReadAc(bits, tables, component.idct, sums) &&
         ReducedIdct::Finish(sums, samples);
}

// kHorizontal, kVertical: of luma. What an MCU holds: A.2.3.
template <int kHorizontal, int kVertical>
ONEBYONE_ALWAYS_INLINE bool ReadChroma(EntropyBits& bits, EighthScan::Component& component, int64_t stride,
                                       uint8_t* to) {
  ReducedIdct::Samples samples{};
  if constexpr (kHorizontal * kVertical == 4) {
    if (!ReadQuarters(bits, component, samples)) return false;
  } else {
    if (!ReadMean(bits, component, samples[0])) return false;
    samples.fill(samples[0]);
  }
  for (int y = 0; y < kVertical; ++y) {
    for (int x = 0; x < kHorizontal; ++x) to[y * stride + x] = samples[2 * y + x];
  }
  return true;
}

template <int kHorizontal, int kVertical, int kComponents>
bool DecodeRowOf(EighthScan& scan) {
  EntropyBits bits = scan.bits;
  for (int64_t column = 0; column < scan.columns; ++column) {
    if (scan.restart_interval != 0) {
      if (scan.until_restart == 0 && !Restart(scan, bits)) return false;
      --scan.until_restart;
    }
    const int64_t x = kHorizontal * column;
    for (int i = 0; i < kHorizontal * kVertical; ++i) {
      uint8_t* const to = scan.component[0].samples + i / kHorizontal * scan.stride + i % kHorizontal;
      if (!ReadMean(bits, scan.component[0], to[x])) return false;
    }
    for (int i = 1; i < kComponents; ++i) {
      EighthScan::Component& component = scan.component[i];
      if (!ReadChroma<kHorizontal, kVertical>(bits, component, scan.stride, component.samples + x)) return false;
    }
  }
  scan.bits = bits;
  return true;
}

}  // namespace

bool EighthScan::DecodeRow() {
  if (components == 1) return DecodeRowOf<1, 1, 1>(*this);
  if (vertical == 1) return horizontal == 1 ? DecodeRowOf<1, 1, 3>(*this) : DecodeRowOf<2, 1, 3>(*this);
  return horizontal == 1 ? DecodeRowOf<1, 2, 3>(*this) : DecodeRowOf<2, 2, 3>(*this);
}

}  // namespace onebyone
