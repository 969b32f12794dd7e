#include "engine/kernels/onednn/layout.h"

#include "engine/kernels/onednn/version.h"

namespace onebyone {
namespace {

// Each is a set of bits that holds those of the ones it builds upon, so that a newer one is known by what it has.
bool Has(dnnl::cpu_isa isa) {
  const auto bits = static_cast<unsigned>(isa);
  return (static_cast<unsigned>(dnnl::get_effective_cpu_isa()) & bits) == bits;
}

}  // namespace

int64_t ChannelBlock() {
  static const int64_t block = [] { return Has(dnnl::cpu_isa::avx512_core) ? 16 : 8; }();
  return block;
}

bool HasBFloat16() { return Has(dnnl::cpu_isa::avx512_core_bf16); }

int LargestByteWeight() { return Has(dnnl::cpu_isa::avx2_vnni) || Has(dnnl::cpu_isa::avx512_core_vnni) ? 127 : 64; }

bool HasByteWinograd() { return onednn::kWinogradTakesBytes && LargestByteWeight() == kLargestSignedByte; }

int64_t WholeBlocks(int64_t channels) { return (channels + ChannelBlock() - 1) / ChannelBlock() * ChannelBlock(); }

int64_t LayoutBytes(const Shape& shape, Layout layout) {
  Shape padded = shape;
  if (IsBlocked(layout)) padded[1] = WholeBlocks(shape[1]);
  return padded.Elements() * ElementBytes(layout);
}

}  // namespace onebyone
