#include "tests/faults/controls.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>

namespace {

FaultControls* Map() {
  const char* const path = std::getenv("FAULTS_FILE");
  if (path == nullptr) return nullptr;
  const int file = open(path, O_RDWR | O_CLOEXEC);
  if (file < 0) return nullptr;
  void* const memory = mmap(nullptr, sizeof(FaultControls), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  close(file);
  return memory == MAP_FAILED ? nullptr : static_cast<FaultControls*>(memory);
}

std::atomic<FaultControls*> mapped{nullptr};

// Not at the first call: that may be from within an allocation.
__attribute__((constructor)) void Begin() { mapped = Map(); }

}  // namespace

FaultControls* Controls() { return mapped; }
