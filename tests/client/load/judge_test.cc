#include <gmock/gmock.h>

#include <cmath>

#include "client/load/judge/capacity_search.h"
#include "client/load/judge/fail_condition.h"
#include "client/load/judge/load_windows.h"
#include "client/load/judge/objective.h"
#include "client/load/schedule/seeded_random.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::StatusIs;
using ::testing::DoubleNear;
using ::testing::HasSubstr;

LoadResult Result() {
  LoadResult result;
  result.plan.loop = LoopKind::kOpen;
  result.due = 1000;
  result.sent = 1000;
  result.offered_per_s = 100;
  result.achieved_per_s = 100;
  result.good_per_s = 90;
  result.codes = {{"OK", 1000, ""}};
  result.from_intention.count = 1000;
  result.from_intention.mean_ms = 12;
  result.from_intention.max_ms = 80;
  result.from_intention.percentiles = {{50, 10, 20, {}}, {99, 49, 1000, {}}, {99.9, {}, 10'000, {}}};
  return result;
}

LoadCheck Judge(const char* condition, const LoadResult& result) {
  return Check(*ParseFailCondition(condition), result);
}

TEST(FailCondition, HoldsWhereTheFigureIsBeyondTheLimit) {
  const LoadResult result = Result();
  for (const char* text : {"p99>48ms", "p99>=49ms", "mean>0.01s", "max>79ms", "p50<11ms", "good<100", "achieved<=100/s",
                           "errors>=0", "errors<1%", "late<0.5"}) {
    EXPECT_TRUE(Judge(text, result).failed) << text;
  }
  for (const char* text :
       {"p99>49ms", "p99>1s", "mean<12ms", "max>80ms", "good<90", "errors>0.1%", "never_sent>0", "changed>0"}) {
    EXPECT_FALSE(Judge(text, result).failed) << text;
  }
}

TEST(FailCondition, SaysWhatWasMeasured) {
  LoadResult result = Result();
  EXPECT_EQ(Judge("p99 > 48ms", result).got, "p99 49.0 ms");
  result.codes = {{"OK", 990, ""}, {"UNAVAILABLE", 10, ""}};
  EXPECT_THAT(Judge("errors>0.1%", result).got, HasSubstr("errors 1"));
  EXPECT_TRUE(Judge("errors>0.1%", result).failed);
}

TEST(FailCondition, HoldsForAPercentileThatIsRefused) {
  const LoadCheck check = Judge("p99.9>1s", Result());
  EXPECT_TRUE(check.failed);
  EXPECT_THAT(check.got, HasSubstr("needs 10,000 answers, has 1,000"));
}

TEST(FailCondition, RefusesWhatIsNone) {
  for (const char* text :
       {"", "p99", "p99>", "p99>50", "p100>1ms", "p0>1ms", "px>1ms", "speed>1", "errors>x", ">5ms", "good<fast"}) {
    EXPECT_THAT(ParseFailCondition(text), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("want FIGURE")))
        << text;
  }
}

TEST(Objective, ReadsPercentileAndLimit) {
  const Objective objective = *ParseObjective("p99.9=1.5s");
  EXPECT_EQ(objective.percentile, 99.9);
  EXPECT_EQ(objective.limit, absl::Milliseconds(1500));
  for (const char* text : {"", "p99", "p99=", "p99=50", "p100=1ms", "99=1ms", "p99=-1ms", "p99=1h", "p99=0s"}) {
    EXPECT_THAT(ParseObjective(text), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("p99=50ms"))) << text;
  }
}

TEST(Objective, IsBrokenByLatencyErrorsAndFallingBehind) {
  const auto why = [](const LoadResult& result, const char* objective) {
    return WhyBroken(result, {*ParseObjective(objective)});
  };
  EXPECT_EQ(why(Result(), "p99=50ms"), "");
  EXPECT_THAT(why(Result(), "p99=48ms"), HasSubstr("p99 49.0 ms"));
  EXPECT_THAT(why(Result(), "p99.9=1s"), HasSubstr("cannot be told"));
  LoadResult failing = Result();
  failing.codes = {{"OK", 990, ""}, {"RESOURCE_EXHAUSTED", 10, ""}};
  EXPECT_THAT(why(failing, "p99=50ms"), HasSubstr("RESOURCE_EXHAUSTED"));
  LoadResult unsent = Result();
  unsent.never_sent = 50;
  EXPECT_THAT(why(unsent, "p99=50ms"), HasSubstr("never sent"));
  LoadResult behind = Result();
  behind.achieved_per_s = 80;
  EXPECT_THAT(why(behind, "p99=50ms"), HasSubstr("fall behind"));
}

// A service with a capacity that is known: above it the objective breaks; hiccups break a trial below, now and then.
CapacitySearchOutcome Search(double capacity, double hiccups, uint64_t seed, double start, double most = 1e5) {
  SeededRandom random(seed, "hiccups");
  return FindCapacity({.start_per_s = start, .most_per_s = most, .precision = 0.02},
                      [&](double per_s) -> absl::StatusOr<LoadStep> {
                        LoadStep step;
                        step.asked = per_s;
                        step.kept = per_s <= capacity && random.Uniform() >= hiccups;
                        return step;
                      });
}

TEST(FindCapacity, ComesWithinThePrecisionFromAnyStart) {
  for (const double capacity : {0.7, 42.0, 199.0, 8765.0}) {
    for (const double start : {0.5, 100.0, 5000.0}) {
      const auto found = Search(capacity, 0, 1, start);
      ASSERT_TRUE(found.settled) << capacity;
      ASSERT_TRUE(found.per_s.has_value());
      EXPECT_LE(*found.per_s, capacity);
      EXPECT_GE(*found.per_s, capacity / 1.021);
      EXPECT_GT(*found.broken_per_s, capacity);
      EXPECT_LE(found.steps.size(), 40);
    }
  }
}

TEST(FindCapacity, IsNotFooledByOneHiccupInTen) {
  int near = 0;
  for (uint64_t seed = 0; seed < 50; ++seed) {
    const auto found = Search(300, 0.1, seed, 100);
    ASSERT_TRUE(found.settled);
    if (found.per_s.has_value() && *found.per_s >= 300 * 0.95 && *found.per_s <= 300) ++near;
  }
  EXPECT_GE(near, 45);
}

TEST(FindCapacity, TriesBothEndsTwice) {
  const auto found = Search(300, 0, 1, 290);
  int kept = 0;
  int broken = 0;
  for (const LoadStep& step : found.steps) {
    kept += step.asked == *found.per_s ? 1 : 0;
    broken += step.asked == *found.broken_per_s ? 1 : 0;
  }
  EXPECT_GE(kept, 2);
  EXPECT_GE(broken, 2);
}

TEST(FindCapacity, SaysThatNothingOrEverythingKeepsIt) {
  const auto nothing = Search(0, 0, 1, 100);
  EXPECT_FALSE(nothing.per_s.has_value());
  EXPECT_TRUE(nothing.settled);
  const auto everything = Search(1e9, 0, 1, 100, 1000);
  EXPECT_EQ(*everything.per_s, 1000);
  EXPECT_FALSE(everything.broken_per_s.has_value());
}

TEST(FindCapacity, EndsWithTheErrorOfATrial) {
  int trials = 0;
  const auto found = FindCapacity({.start_per_s = 100}, [&](double per_s) -> absl::StatusOr<LoadStep> {
    if (++trials == 3) return absl::CancelledError("interrupted");
    LoadStep step;
    step.asked = per_s;
    step.kept = per_s < 120;
    return step;
  });
  EXPECT_EQ(found.status.message(), "interrupted");
  EXPECT_EQ(found.steps.size(), 2);
  EXPECT_EQ(*found.per_s, 100);
}

// Four lanes of 10 ms: throughput grows to four callers, from there on only latency does.
TEST(FindKnee, IsWhereTheLanesAreFull) {
  std::vector<LoadStep> steps;
  for (const double callers : {1.0, 2.0, 4.0, 8.0, 16.0}) {
    LoadStep step;
    step.asked = callers;
    step.achieved_per_s = std::min(callers, 4.0) * 100;
    step.mean_ms = 10 * std::max(1.0, callers / 4);
    steps.push_back(step);
  }
  ASSERT_NE(FindKnee(steps), nullptr);
  EXPECT_EQ(FindKnee(steps)->asked, 4);
  EXPECT_EQ(FindKnee({}), nullptr);
}

TEST(LoadWindows, CountCallsWhereTheyWereDueAndAnswersWhereTheyCame) {
  SampleLog log;
  constexpr uint32_t kS = 10'000'000;
  for (uint32_t i = 0; i < 1000; ++i) {
    log.Append({.due = uint64_t{i} * kS / 100, .code = 0, .late = 0, .service = 2 * kS});  // 100/s, 2 s each
  }
  log.Append({.due = 0, .code = 14, .late = 0, .service = 10});
  log.Append({.due = 0, .code = Sample::kNeverSent, .late = 0, .service = 0});
  const auto windows = CutIntoWindows(log, LatencyFrom::kIntention, uint64_t{10} * kS);
  ASSERT_EQ(windows.size(), 10);
  EXPECT_EQ(windows[0].ok, 100);
  EXPECT_EQ(windows[0].errors, 1);
  EXPECT_DOUBLE_EQ(windows[0].offered_per_s, 102);
  EXPECT_DOUBLE_EQ(windows[0].achieved_per_s, 0);
  EXPECT_DOUBLE_EQ(windows[2].achieved_per_s, 100);
  EXPECT_THAT(*windows[3].p50_ms, DoubleNear(2000, 0.01));
  EXPECT_TRUE(windows[3].p90_ms.has_value());
  EXPECT_FALSE(windows[3].p99_ms.has_value());  // needs a thousand
  EXPECT_DOUBLE_EQ(windows[9].start_ms, 9000);
}

}  // namespace
}  // namespace onebyone
