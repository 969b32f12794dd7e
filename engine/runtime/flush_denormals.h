#pragma once

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

namespace onebyone {

// While it lives, this thread takes denormal numbers (float32 below 1.2e-38) for zero and writes none. A multiplication
// with one takes some CPUs a hundred times as long, and who sends a picture as floats could send nothing else. On other
// CPUs than x86-64 it does nothing.
class ScopedFlushDenormals {
 public:
#if defined(__x86_64__)
  ScopedFlushDenormals() : before_(_mm_getcsr()) { _mm_setcsr(before_ | kDenormalsAreZero | kFlushToZero); }
  ~ScopedFlushDenormals() { _mm_setcsr(before_); }
#else
  ScopedFlushDenormals() = default;
#endif
  ScopedFlushDenormals(const ScopedFlushDenormals&) = delete;
  ScopedFlushDenormals& operator=(const ScopedFlushDenormals&) = delete;

#if defined(__x86_64__)
 private:
  static constexpr unsigned kDenormalsAreZero = 0x0040;
  static constexpr unsigned kFlushToZero = 0x8000;

  const unsigned before_;
#endif
};

}  // namespace onebyone
