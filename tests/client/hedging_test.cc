#include "client/hedging.h"

#include <gmock/gmock.h>

#include "client/latency_percentile.h"

namespace onebyone {
namespace {

using ::testing::Eq;
using ::testing::Optional;

TEST(LatencyPercentile, WaitsForFiveLatenciesAboveIt) {
  LatencyPercentile p95(95);
  for (int i = 0; i < 99; ++i) p95.Add(absl::Milliseconds(i));
  EXPECT_EQ(p95.value(), std::nullopt);
  p95.Add(absl::Milliseconds(99));
  EXPECT_THAT(p95.value(), Optional(absl::Milliseconds(95)));
}

TEST(LatencyPercentile, ForgetsOldLatencies) {
  LatencyPercentile p90(90);
  for (int i = 0; i < 1000; ++i) p90.Add(absl::Seconds(1));
  for (int i = 0; i < 1000; ++i) p90.Add(absl::Milliseconds(i % 100));
  EXPECT_THAT(p90.value(), Optional(absl::Milliseconds(90)));
}

TEST(Hedging, WaitsForTheDelayOrThePercentile) {
  Hedging fixed({.delay = absl::Milliseconds(20)});
  EXPECT_THAT(fixed.BeginCall(), Optional(absl::Milliseconds(20)));
  Hedging median({.percentile = 50});
  EXPECT_THAT(median.BeginCall(), Eq(std::nullopt));
  for (int i = 0; i < 110; ++i) median.Measured(absl::Milliseconds(i));
  EXPECT_THAT(median.BeginCall(), Optional(absl::Milliseconds(55)));
}

TEST(Hedging, NeverExceedsItsShareOfTheCalls) {
  Hedging hedging({.percentile = 95, .budget = 0.05});
  for (int call = 1; call <= 1000; ++call) {
    hedging.BeginCall();
    hedging.TakeHedge();
    ASSERT_LE(hedging.counts().hedged, call * 0.05);
  }
  EXPECT_EQ(hedging.counts().hedged, 50);
  EXPECT_EQ(hedging.counts().calls, 1000);
}

TEST(Hedging, SavesTwentyHedgesAtMost) {
  Hedging hedging({.delay = absl::Milliseconds(1)});
  for (int call = 0; call < 10'000; ++call) hedging.BeginCall();
  int hedges = 0;
  while (hedging.TakeHedge()) ++hedges;
  EXPECT_EQ(hedges, 20);
}

TEST(Hedging, LeavesServersThatRefuseAlone) {
  Hedging hedging({.delay = absl::Milliseconds(1), .budget = 1});
  hedging.BeginCall();
  hedging.BeginCall();
  hedging.Refused();
  EXPECT_TRUE(hedging.TakeHedge());
  EXPECT_FALSE(hedging.TakeHedge());
  hedging.Refused();
  hedging.BeginCall();
  EXPECT_TRUE(hedging.TakeHedge());
}

}  // namespace
}  // namespace onebyone
