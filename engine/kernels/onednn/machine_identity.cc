#include "engine/kernels/onednn/machine_identity.h"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include <array>
#include <cstring>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "engine/kernels/onednn/version.h"

namespace onebyone {
namespace {

#if defined(__x86_64__)

struct Registers {
  unsigned a = 0, b = 0, c = 0, d = 0;
};

// All zero where the CPU has no such leaf.
Registers CpuId(unsigned leaf) {
  Registers result;
  __get_cpuid_count(leaf, 0, &result.a, &result.b, &result.c, &result.d);
  return result;
}

// From the CPU itself: /proc/cpuinfo is missing in some sandboxes.
std::string CpuIdentity() {
  std::array<char, 49> name = {};  // three leaves of 16 characters and a zero
  for (unsigned leaf = 0; leaf < 3; ++leaf) {
    const Registers part = CpuId(0x80000002 + leaf);
    std::memcpy(name.data() + size_t{16} * leaf, &part, 16);
  }
  std::string printable;
  for (const char character : name) {
    if (absl::ascii_isprint(static_cast<unsigned char>(character))) printable.push_back(character);
  }
  // Not leaf 1's EBX, which tells the core apart.
  const Registers basic = CpuId(1);
  const Registers extended = CpuId(7);
  return absl::StrCat(absl::StripAsciiWhitespace(printable), "; ", absl::Hex(basic.a), "; ", absl::Hex(basic.c), ".",
                      absl::Hex(basic.d), ".", absl::Hex(extended.b), ".", absl::Hex(extended.c), ".",
                      absl::Hex(extended.d));
}

#else

std::string CpuIdentity() { return "a CPU that is not x86-64"; }

#endif

// Goes up with each kernel of ours that convolutions may run by: what was timed without it is to be timed again.
constexpr int kKernelGeneration = 2;

}  // namespace

std::string MachineIdentity() {
  const dnnl::version_t* const version = dnnl::version();
  return absl::StrCat(CpuIdentity(), "; isa ", absl::Hex(static_cast<unsigned>(dnnl::get_effective_cpu_isa())),
                      "; oneDNN ", version->major, ".", version->minor, ".", version->patch, " ", version->hash,
                      "; kernels ", kKernelGeneration);
}

std::string OnednnVersion() {
  const dnnl::version_t* const version = dnnl::version();
  return absl::StrCat(version->major, ".", version->minor, ".", version->patch);
}

std::string InstructionSet() { return onednn::NameOf(dnnl::get_effective_cpu_isa()); }

}  // namespace onebyone
