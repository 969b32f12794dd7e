#include "engine/kernels/onednn/layout.h"

#include "engine/kernels/onednn/primitive_kernel.h"

namespace onebyone {

int64_t ChannelBlock() {
  static const int64_t block = [] {
    const dnnl::cpu_isa isa = dnnl::get_effective_cpu_isa();
    const bool wide = isa == dnnl::cpu_isa::avx512_core || isa == dnnl::cpu_isa::avx512_core_vnni ||
                      isa == dnnl::cpu_isa::avx512_core_bf16 || isa == dnnl::cpu_isa::avx512_core_amx;
    return wide ? 16 : 8;
  }();
  return block;
}

bool HasBFloat16() {
  const dnnl::cpu_isa isa = dnnl::get_effective_cpu_isa();
  return isa == dnnl::cpu_isa::avx512_core_bf16 || isa == dnnl::cpu_isa::avx512_core_amx;
}

int LargestByteWeight() {
  switch (dnnl::get_effective_cpu_isa()) {
    case dnnl::cpu_isa::avx2_vnni:
    case dnnl::cpu_isa::avx512_core_vnni:
    case dnnl::cpu_isa::avx512_core_bf16:
    case dnnl::cpu_isa::avx512_core_amx: return 127;
    default: return 64;
  }
}

int64_t WholeBlocks(int64_t channels) { return (channels + ChannelBlock() - 1) / ChannelBlock() * ChannelBlock(); }

int64_t LayoutBytes(const Shape& shape, Layout layout) {
  Shape padded = shape;
  if (IsBlocked(layout)) padded[1] = WholeBlocks(shape[1]);
  return padded.Elements() * ElementBytes(layout);
}

}  // namespace onebyone
