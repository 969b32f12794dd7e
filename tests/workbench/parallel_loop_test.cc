#include "engine/workbench/parallel_loop.h"

#include <gtest/gtest.h>

#include <array>
#include <atomic>

#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::IsOk;
using ::onebyone::testing::StatusIs;

TEST(ParallelLoop, DoesEachIndexOnce) {
  for (const int threads : {1, 3, 200}) {
    std::array<std::atomic<int>, 100> done = {};
    std::atomic<bool> thread_fits{true};
    EXPECT_THAT(ParallelLoop(done.size(), threads,
                             [&](int thread, size_t i) {
                               if (thread < 0 || thread >= threads) thread_fits = false;
                               ++done[i];
                               return absl::OkStatus();
                             }),
                IsOk());
    for (const auto& times : done) EXPECT_EQ(times, 1);
    EXPECT_TRUE(thread_fits);
  }
  EXPECT_THAT(ParallelLoop(0, 4, [](int, size_t) { return absl::InternalError(""); }), IsOk());
}

TEST(ParallelLoop, BeginsNothingAfterAnError) {
  int begun = 0;
  const auto fail_at_2 = [&](int, size_t i) {
    ++begun;
    return i == 2 ? absl::NotFoundError("2") : absl::OkStatus();
  };
  EXPECT_THAT(ParallelLoop(10, 1, fail_at_2), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_EQ(begun, 3);
}

}  // namespace
}  // namespace onebyone
