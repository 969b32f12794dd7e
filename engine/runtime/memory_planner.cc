#include "engine/runtime/memory_planner.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "engine/tensor/aligned_buffer.h"

namespace onebyone {
namespace {

int64_t Rounded(int64_t bytes) {
  constexpr auto kAlignment = static_cast<int64_t>(AlignedBuffer::kAlignment);
  return std::max<int64_t>((bytes + kAlignment - 1) / kAlignment, 1) * kAlignment;
}

bool Overlap(const Lifetime& a, const Lifetime& b) {
  return a.first_step <= b.last_step && b.first_step <= a.last_step;
}

struct Placed {
  int64_t begin;
  int64_t end;
};

// The start of the smallest gap between `placed` (sorted by begin) that holds `bytes`; behind all of them where none
// does.
int64_t BestFit(const std::vector<Placed>& placed, int64_t bytes) {
  int64_t best = -1;
  int64_t best_gap = std::numeric_limits<int64_t>::max();
  int64_t end = 0;
  for (const Placed& piece : placed) {
    const int64_t gap = piece.begin - end;
    if (gap >= bytes && gap < best_gap) {
      best = end;
      best_gap = gap;
    }
    end = std::max(end, piece.end);
  }
  return best >= 0 ? best : end;
}

}  // namespace

MemoryPlan PlanMemory(const std::vector<Lifetime>& lifetimes) {
  std::vector<size_t> order(lifetimes.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return lifetimes[a].bytes > lifetimes[b].bytes; });
  MemoryPlan plan;
  plan.offsets.assign(lifetimes.size(), 0);
  std::vector<size_t> done;
  for (const size_t current : order) {
    std::vector<Placed> neighbours;
    for (const size_t other : done) {
      if (!Overlap(lifetimes[current], lifetimes[other])) continue;
      neighbours.push_back({plan.offsets[other], plan.offsets[other] + Rounded(lifetimes[other].bytes)});
    }
    std::sort(neighbours.begin(), neighbours.end(), [](const Placed& a, const Placed& b) { return a.begin < b.begin; });
    const int64_t bytes = Rounded(lifetimes[current].bytes);
    plan.offsets[current] = BestFit(neighbours, bytes);
    plan.arena_bytes = std::max(plan.arena_bytes, plan.offsets[current] + bytes);
    done.push_back(current);
  }
  return plan;
}

}  // namespace onebyone
