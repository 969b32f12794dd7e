#include "engine/workbench/latency.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

TEST(Summarize, TakesPercentilesFromTheSortedTimes) {
  std::vector<double> times;
  for (int i = 100; i >= 1; --i) times.push_back(i);
  const Latency latency = Summarize(times);
  EXPECT_EQ(latency.min_ms, 1);
  EXPECT_EQ(latency.p50_ms, 51);
  EXPECT_EQ(latency.p95_ms, 96);
}

TEST(Summarize, IsTheTimeItselfWhereThereIsOne) {
  const Latency latency = Summarize({7});
  EXPECT_EQ(latency.min_ms, 7);
  EXPECT_EQ(latency.p50_ms, 7);
  EXPECT_EQ(latency.p95_ms, 7);
}

TEST(SeededTensor, GivesTheSameNumbersForTheSameSeedOnly) {
  ASSERT_OK_AND_ASSIGN(const Tensor one, SeededTensor({1000}, 1));
  ASSERT_OK_AND_ASSIGN(const Tensor again, SeededTensor({1000}, 1));
  ASSERT_OK_AND_ASSIGN(const Tensor two, SeededTensor({1000}, 2));
  const auto numbers = [](const Tensor& tensor) {
    return std::vector<float>(tensor.As<float>(), tensor.As<float>() + 1000);
  };
  EXPECT_EQ(numbers(one), numbers(again));
  EXPECT_NE(numbers(one), numbers(two));
  const auto [least, most] = std::minmax_element(one.As<float>(), one.As<float>() + 1000);
  EXPECT_GE(*least, -1);
  EXPECT_LT(*most, 1);
  EXPECT_GT(*most - *least, 1.9);
}

}  // namespace
}  // namespace onebyone
