#pragma once

#include <cstddef>
#include <functional>

#include "absl/status/status.h"

namespace onebyone {

// Calls `work(thread, index)` for each index below `count`, each once, on so many threads (this one is thread 0).
// Returns the first error; no index is begun after one.
absl::Status ParallelLoop(size_t count, int threads, const std::function<absl::Status(int thread, size_t index)>& work);

}  // namespace onebyone
