#include "engine/workbench/parallel_loop.h"

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

#include "absl/synchronization/mutex.h"

namespace onebyone {

absl::Status ParallelLoop(size_t count, int threads,
                          const std::function<absl::Status(int thread, size_t index)>& work) {
  std::atomic<size_t> next{0};
  absl::Mutex mutex;
  absl::Status first_error;
  const auto loop = [&](int thread) {
    for (size_t i = next++; i < count; i = next++) {
      const absl::Status status = work(thread, i);
      if (status.ok()) continue;
      next = count;
      const absl::MutexLock lock(&mutex);
      first_error.Update(status);
    }
  };
  {
    std::vector<std::jthread> others;  // joined at the end of this block
    for (int i = 1; i < std::min(threads, static_cast<int>(count)); ++i) others.emplace_back(loop, i);
    loop(0);
  }
  return first_error;
}

}  // namespace onebyone
