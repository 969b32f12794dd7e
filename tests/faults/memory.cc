// Allocations that fail when the test says so: malloc and all that stands on it.
//
// gRPC's core and Abseil's own containers inside it end the process where they get no memory (gpr_malloc aborts): that
// cannot be mended here, so what they ask for themselves is let pass. Everything else fails, in code of ours and of the
// decoders, protobuf and oneDNN.

#include <dlfcn.h>
#include <execinfo.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstring>

#include "tests/faults/controls.h"

extern "C" {
void* __libc_malloc(size_t size);
void* __libc_calloc(size_t count, size_t size);
void* __libc_realloc(void* memory, size_t size);
void* __libc_memalign(size_t alignment, size_t size);
}

namespace {

thread_local bool is_asking = false;  // backtrace and dladdr may allocate

// The library of the function that asked, below those that only hand it on. Its name is valid as long as it is loaded.
const char* Asker() {
  std::array<void*, 24> frames{};
  const int count = backtrace(frames.data(), static_cast<int>(frames.size()));
  const char* name = "";
  for (int i = 0; i < count; ++i) {
    Dl_info info{};
    if (dladdr(frames[i], &info) == 0 || info.dli_fname == nullptr) continue;
    name = info.dli_fname;
    if (std::strstr(name, "libonebyone_faults") == nullptr && std::strstr(name, "libstdc++") == nullptr &&
        std::strstr(name, "libc.so") == nullptr) {
      return name;
    }
  }
  return name;
}

bool IsOthersToMend(const char* library) {
  return std::strstr(library, "libgrpc") != nullptr || std::strstr(library, "libgpr") != nullptr;
}

bool Fails(size_t size) {
  FaultControls* const controls = Controls();
  if (controls == nullptr || is_asking) return false;
  const int64_t least = controls->least_bytes.load(std::memory_order_relaxed);
  if (least == 0 || size < static_cast<size_t>(least)) return false;
  is_asking = true;
  const char* const asker = Asker();
  bool fails = false;
  if (!IsOthersToMend(asker)) {
    const int64_t number = controls->seen.fetch_add(1);
    const int64_t skip = controls->skip;
    fails = number >= skip && number < skip + controls->most_failures;
  }
  if (fails) {
    controls->failed.fetch_add(1);
    std::array<char, 256> line{};
    const int length = std::snprintf(line.data(), line.size(), "faults: no %zu bytes for %s\n", size, asker);
    [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, line.data(), static_cast<size_t>(length));
    errno = ENOMEM;
  }
  is_asking = false;
  return fails;
}

}  // namespace

extern "C" {

void* malloc(size_t size) { return Fails(size) ? nullptr : __libc_malloc(size); }

void* calloc(size_t count, size_t size) {
  return count != 0 && Fails(count * size) ? nullptr : __libc_calloc(count, size);
}

void* realloc(void* memory, size_t size) { return Fails(size) ? nullptr : __libc_realloc(memory, size); }

void* memalign(size_t alignment, size_t size) { return Fails(size) ? nullptr : __libc_memalign(alignment, size); }

void* aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }

int posix_memalign(void** memory, size_t alignment, size_t size) {
  void* const taken = memalign(alignment, size);
  if (taken == nullptr) return ENOMEM;
  *memory = taken;
  return 0;
}

}  // extern "C"
