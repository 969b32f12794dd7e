#pragma once

namespace onebyone {

// While it lives, kernels made or run by this thread use `threads` threads (OpenMP's team size of the calling thread;
// oneDNN plans its work for it when a kernel is made). With 1 no team is formed at all.
class ScopedThreads {
 public:
  explicit ScopedThreads(int threads);
  ~ScopedThreads();
  ScopedThreads(const ScopedThreads&) = delete;
  ScopedThreads& operator=(const ScopedThreads&) = delete;

 private:
  const int before_;
};

}  // namespace onebyone
