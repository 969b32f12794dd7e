#include "engine/kernels/onednn/threads.h"

#include <omp.h>

namespace onebyone {

ScopedThreads::ScopedThreads(int threads) : before_(omp_get_max_threads()) { omp_set_num_threads(threads); }

ScopedThreads::~ScopedThreads() { omp_set_num_threads(before_); }

}  // namespace onebyone
