#include "engine/runtime/memory_planner.h"

#include <gmock/gmock.h>

#include <random>

#include "engine/tensor/aligned_buffer.h"

namespace onebyone {
namespace {

bool Alive(const Lifetime& a, const Lifetime& b) { return a.first_step <= b.last_step && b.first_step <= a.last_step; }

TEST(MemoryPlanner, GivesNothingForNothing) { EXPECT_EQ(PlanMemory({}).arena_bytes, 0); }

TEST(MemoryPlanner, ReusesMemoryOfWhatIsDead) {
  // A chain: each value is written by one step and read by the next, so two places are enough.
  std::vector<Lifetime> chain;
  for (int step = 0; step < 10; ++step) chain.push_back({1024, step, step + 1});
  EXPECT_EQ(PlanMemory(chain).arena_bytes, 2048);
}

TEST(MemoryPlanner, KeepsApartWhatIsAliveTogetherForRandomLifetimes) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE(::testing::Message() << "seed " << seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 200; ++round) {
    std::vector<Lifetime> lifetimes(1 + random() % 40);
    for (Lifetime& lifetime : lifetimes) {
      const int first = static_cast<int>(random() % 20) - 1;
      lifetime = {static_cast<int64_t>(random() % 5000), first, first + static_cast<int>(random() % 6)};
    }
    const MemoryPlan plan = PlanMemory(lifetimes);
    for (size_t i = 0; i < lifetimes.size(); ++i) {
      EXPECT_EQ(plan.offsets[i] % static_cast<int64_t>(AlignedBuffer::kAlignment), 0);
      EXPECT_LE(plan.offsets[i] + lifetimes[i].bytes, plan.arena_bytes);
      for (size_t j = i + 1; j < lifetimes.size(); ++j) {
        if (!Alive(lifetimes[i], lifetimes[j])) continue;
        const bool apart = plan.offsets[i] + lifetimes[i].bytes <= plan.offsets[j] ||
                           plan.offsets[j] + lifetimes[j].bytes <= plan.offsets[i];
        EXPECT_TRUE(apart) << i << " and " << j;
      }
    }
  }
}

}  // namespace
}  // namespace onebyone
