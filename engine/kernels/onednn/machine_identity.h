#pragma once

#include <string>

namespace onebyone {

// One line that names all that decides how fast kernels are here: the CPU by name, signature and features, the
// instruction set that oneDNN uses of it (ONEDNN_MAX_CPU_ISA counts), oneDNN's version, and the kernels of ours that
// there are. What was timed under another identity says nothing here.
std::string MachineIdentity();

// "2.6.3": of the library that is loaded.
std::string OnednnVersion();

// The instruction set that oneDNN uses on this CPU, by its name in ONEDNN_MAX_CPU_ISA: "AVX2", "AVX512_CORE_VNNI";
// "unknown" for one that is newer than this program.
std::string InstructionSet();

}  // namespace onebyone
