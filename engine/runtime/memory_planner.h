#pragma once

#include <cstdint>
#include <vector>

namespace onebyone {

// A piece of memory that some steps of a plan use.
struct Lifetime {
  int64_t bytes = 0;
  int first_step = 0;  // writes it; -1: before the first step (inputs)
  int last_step = 0;   // reads it last; the number of steps: after the last one (outputs)
};

struct MemoryPlan {
  std::vector<int64_t> offsets;  // of each lifetime, in bytes; multiples of AlignedBuffer::kAlignment
  int64_t arena_bytes = 0;
};

// Places all lifetimes in one arena so that those alive at the same step do not overlap: the largest first, each in the
// smallest gap that it fits (best fit; Pisarchyk, Lee, "Efficient Memory Management for Deep Neural Net Inference",
// 2020). Deterministic.
MemoryPlan PlanMemory(const std::vector<Lifetime>& lifetimes);

}  // namespace onebyone
