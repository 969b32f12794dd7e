#pragma once

#include <string>

namespace onebyone {

// One line that names all that decides how fast kernels are here: the CPU by name, signature and features, the
// instruction set that oneDNN uses of it (ONEDNN_MAX_CPU_ISA counts), and oneDNN's version. What was timed under
// another identity says nothing here.
std::string MachineIdentity();

}  // namespace onebyone
