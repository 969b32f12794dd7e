#include "client/load/measure/latencies.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

#include "client/load/measure/stage_histogram.h"
#include "client/load/schedule/seeded_random.h"

namespace onebyone {
namespace {

using ::testing::DoubleNear;

constexpr uint64_t kTicksPerS = 10'000'000;

Sample Answered(uint64_t due, uint32_t late, uint32_t service, int code = 0) {
  return {.due = due, .code = static_cast<uint64_t>(code), .late = late, .service = service};
}

struct Recorded {
  SampleLog log;
  std::vector<uint32_t> sorted;  // whole latencies of those that were answered OK
};

// Skewed latencies over `seconds`, one in ten with an error.
Recorded Record(int count, uint64_t seed, double seconds = 60) {
  Recorded recorded;
  SeededRandom random(seed, "test");
  for (int i = 0; i < count; ++i) {
    const auto due = static_cast<uint64_t>(random.Uniform() * seconds * kTicksPerS);
    const auto late = static_cast<uint32_t>(random.Exponential() * 500);
    const auto service = static_cast<uint32_t>(20'000 * std::exp(random.Exponential()));
    const int code = i % 10 == 3 ? 14 : 0;
    recorded.log.Append(Answered(due, late, service, code));
    if (code == 0) recorded.sorted.push_back(late + service);
  }
  std::sort(recorded.sorted.begin(), recorded.sorted.end());
  return recorded;
}

TEST(Latencies, EqualAFullSort) {
  for (const int count : {1, 2, 19, 1000, 300'000}) {
    const Recorded recorded = Record(count, 7);
    const Latencies latencies(recorded.log, LatencyFrom::kIntention, 60 * kTicksPerS);
    const auto size = static_cast<int64_t>(recorded.sorted.size());
    ASSERT_EQ(latencies.count(), size);
    for (int64_t rank = 1; rank <= size; rank += std::max<int64_t>(1, size / 997)) {
      ASSERT_EQ(latencies.AtRank(rank), recorded.sorted[static_cast<size_t>(rank - 1)]) << rank << " of " << size;
    }
    EXPECT_EQ(latencies.AtRank(size), recorded.sorted.back());
    for (const double percentile : {50.0, 90.0, 95.0, 99.0, 99.9, 99.99}) {
      const auto at_least = static_cast<int64_t>(std::ceil(percentile / 100 * static_cast<double>(size) - 1e-9));
      EXPECT_EQ(latencies.AtPercentile(percentile),
                recorded.sorted[static_cast<size_t>(std::max<int64_t>(at_least, 1) - 1)])
          << percentile << " of " << size;
    }
  }
}

TEST(Latencies, TellMeanAndSpread) {
  SampleLog log;
  for (const uint32_t ms : {10, 20, 30}) log.Append(Answered(0, 0, ms * 10'000));
  const LatencySummary summary = Latencies(log, LatencyFrom::kSending, kTicksPerS).Summarize({50});
  EXPECT_DOUBLE_EQ(summary.min_ms, 10);
  EXPECT_DOUBLE_EQ(summary.mean_ms, 20);
  EXPECT_DOUBLE_EQ(summary.max_ms, 30);
  EXPECT_DOUBLE_EQ(summary.stddev_ms, 10);
}

TEST(Latencies, TellFromIntentionAndFromSendingApart) {
  SampleLog log;
  log.Append(Answered(0, 30'000, 50'000));
  EXPECT_EQ(Latencies(log, LatencyFrom::kIntention, kTicksPerS).AtRank(1), 80'000);
  EXPECT_EQ(Latencies(log, LatencyFrom::kSending, kTicksPerS).AtRank(1), 50'000);
}

TEST(Latencies, RefuseAPercentileWithoutEnoughSamples) {
  const auto summarize = [](int count) {
    SampleLog log;
    for (int i = 0; i < count; ++i) log.Append(Answered(static_cast<uint64_t>(i), 0, 10));
    return Latencies(log, LatencyFrom::kSending, static_cast<uint64_t>(count)).Summarize({50, 99.9, 99.99});
  };
  const LatencySummary few = summarize(9'999);
  EXPECT_TRUE(few.percentiles[0].value_ms.has_value());
  EXPECT_FALSE(few.percentiles[1].value_ms.has_value());
  EXPECT_EQ(few.percentiles[1].needed_samples, 10'000);
  EXPECT_FALSE(few.percentiles[2].value_ms.has_value());
  EXPECT_EQ(few.percentiles[2].needed_samples, 100'000);
  EXPECT_TRUE(summarize(10'000).percentiles[1].value_ms.has_value());
  EXPECT_TRUE(summarize(100'000).percentiles[2].value_ms.has_value());
}

// Of repeated experiments, about 95 of 100 intervals hold the true percentile.
TEST(Latencies, HaveIntervalsThatHoldTheTruth) {
  int held = 0;
  constexpr int kExperiments = 60;
  for (int experiment = 0; experiment < kExperiments; ++experiment) {
    SeededRandom random(static_cast<uint64_t>(experiment), "interval");
    SampleLog log;
    for (int i = 0; i < 4000; ++i) {
      log.Append(Answered(static_cast<uint64_t>(i), 0, static_cast<uint32_t>(random.Exponential() * 100'000)));
    }
    const auto interval = Latencies(log, LatencyFrom::kSending, 4000).ConfidenceInterval(90);
    ASSERT_TRUE(interval.has_value());
    const double truth = 10 * std::log(10.0);  // ms
    if (interval->low <= truth && truth <= interval->high) ++held;
  }
  EXPECT_GE(held, kExperiments * 85 / 100);
}

// Calls that a stall kept waiting together are one event, not hundreds: p99 then is known badly.
TEST(Latencies, HaveAWideIntervalWhereOneStallMakesThePercentile) {
  SampleLog log;
  for (uint32_t i = 0; i < 4000; ++i) {
    const bool stalled = i >= 1600 && i < 2000;
    log.Append(Answered(i, 0, stalled ? (2000 - i) * 50'000 : 50'000));
  }
  const Latencies latencies(log, LatencyFrom::kSending, 4000);
  const auto p99 = latencies.ConfidenceInterval(99);
  ASSERT_TRUE(p99.has_value());
  EXPECT_LE(p99->low, 5.1);
  EXPECT_GE(p99->high, TicksToMs(latencies.AtPercentile(99)));
  const auto p50 = latencies.ConfidenceInterval(50);
  EXPECT_LE(p50->high - p50->low, 0.1);
}

TEST(Latencies, HaveNoIntervalWhereOnlyAFewPiecesOfTimeHoldCalls) {
  SampleLog log;
  for (uint32_t i = 0; i < 100; ++i) log.Append(Answered(i, 0, i));
  EXPECT_FALSE(Latencies(log, LatencyFrom::kSending, 1'000'000).ConfidenceInterval(50).has_value());
}

TEST(Latencies, OfNothingAreEmpty) {
  const LatencySummary summary = Latencies(SampleLog(), LatencyFrom::kSending, 100).Summarize({50});
  EXPECT_EQ(summary.count, 0);
  EXPECT_FALSE(summary.percentiles[0].value_ms.has_value());
  EXPECT_TRUE(summary.curve.empty());
}

TEST(StageHistogram, IsExactToOnePartIn64) {
  SeededRandom random(3, "stages");
  StageHistogram histogram;
  std::vector<int64_t> values;
  double sum = 0;
  for (int i = 0; i < 20'000; ++i) {
    values.push_back(static_cast<int64_t>(std::exp(random.Uniform() * 15)));
    sum += static_cast<double>(values.back());
    histogram.Add(values.back());
  }
  std::sort(values.begin(), values.end());
  const StageTime stage = histogram.Summarize("network");
  EXPECT_THAT(stage.mean_ms, DoubleNear(sum / 20'000 / 1000, 1e-6));
  const auto p50 = static_cast<double>(values[9'999]) / 1000;
  const auto p99 = static_cast<double>(values[19'799]) / 1000;
  EXPECT_THAT(*stage.p50_ms, DoubleNear(p50, p50 / 64));
  EXPECT_THAT(*stage.p99_ms, DoubleNear(p99, p99 / 64));
}

}  // namespace
}  // namespace onebyone
