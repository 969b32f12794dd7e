#pragma once

#include <cstdint>

namespace onebyone {

// CPUs that this process may run on.
int64_t UsableCpus();

// CPU time of this process so far, all threads, in seconds.
double CpuSeconds();

}  // namespace onebyone
