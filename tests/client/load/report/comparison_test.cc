#include "client/load/report/comparison.h"

#include <gmock/gmock.h>

#include <cmath>
#include <random>

#include "client/load/report/comparison_table.h"
#include "client/load/report/mann_whitney.h"
#include "tests/client/load/report/made_run.h"

namespace onebyone {
namespace {

using ::onebyone::testing::MadeRun;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Windows of a run whose median is about `centre`: neighbours are alike (AR(1)).
std::vector<double> Windows(std::mt19937& random, double centre, int count = 60, double likeness = 0.5) {
  std::normal_distribution<double> normal(0, 0.05);
  std::vector<double> windows;
  double deviation = 0;
  for (int i = 0; i < count; ++i) {
    deviation = likeness * deviation + std::sqrt(1 - likeness * likeness) * normal(random);
    windows.push_back(centre * std::exp(deviation));
  }
  return windows;
}

LoadResult RunOf(const std::vector<double>& windows, double p50) {
  LoadResult run = MadeRun(windows);
  run.from_intention.percentiles[0].value_ms = p50;
  return run;
}

const ComparedFigure& FigureOf(const Comparison& comparison, const std::string& name) {
  for (const ComparedFigure& figure : comparison.figures) {
    if (figure.name == name) return figure;
  }
  static const ComparedFigure none;
  ADD_FAILURE() << "no figure " << name;
  return none;
}

TEST(NeighbourCorrelation, IsWhatTheTextbookSays) {
  // Deviations -0.5, -0.5, 0.5, 0.5: products 0.25 - 0.25 + 0.25 over squares 1.
  EXPECT_DOUBLE_EQ(NeighbourCorrelation({1, 1, 2, 2}), 0.25);
  EXPECT_EQ(NeighbourCorrelation({1, 2, 1, 2}), 0);
  EXPECT_EQ(NeighbourCorrelation(std::vector<double>(60, 199.3)), 0);  // rounding is not likeness
}

// Powers of 2 with exponents 0 to 4, and twice them: the logarithms' differences are 1 + (-4, -3 twice, -2 three times,
// ...). Of 25 pairs the 95 % interval of 5 against 5 leaves out 2 on each side (tables of U): from 2^(1-3) to 2^(1+3).
TEST(RatioOfMedians, EqualsTheTablesOfMannAndWhitney) {
  const auto shift = RatioOfMedians({1, 16, 2, 8, 4}, {2, 32, 4, 16, 8}, 1.96);
  ASSERT_TRUE(shift.has_value());
  EXPECT_NEAR(shift->ratio, 2, 1e-12);
  EXPECT_NEAR(shift->interval.low, 0.25, 1e-12);
  EXPECT_NEAR(shift->interval.high, 16, 1e-12);
}

TEST(RatioOfMedians, IsNotKnownFromFewValues) {
  EXPECT_FALSE(RatioOfMedians({1, 2, 1, 2}, {2, 1, 2, 1, 2}, 1.96).has_value());
  EXPECT_FALSE(RatioOfMedians({1, 16, 2, 8, 4}, {2, 32, 4, 16, 8}, 2.576).has_value());  // 99 % takes more
  EXPECT_FALSE(RatioOfMedians({}, {}, 1.96).has_value());
}

// 1 to 40 in blocks of four neighbours, low and high in turn, against the same numbers well shuffled.
TEST(RatioOfMedians, WidensWhereNeighboursAreAlike) {
  std::vector<double> apart;
  std::vector<double> alike;
  for (int i = 0; i < 40; ++i) {
    apart.push_back(1 + i * 17 % 40);
    alike.push_back(1 + (i / 4 % 2) * 20 + i / 8 * 4 + i % 4);
  }
  EXPECT_LT(NeighbourCorrelation(apart), 0.1);
  EXPECT_GT(NeighbourCorrelation(alike), 0.3);
  const auto narrow = RatioOfMedians(apart, apart, 1.96);
  const auto wide = RatioOfMedians(alike, alike, 1.96);
  ASSERT_TRUE(narrow.has_value());
  ASSERT_TRUE(wide.has_value());
  EXPECT_GT(wide->interval.high, narrow->interval.high);
  EXPECT_LT(wide->interval.low, narrow->interval.low);
}

// 300 pairs of runs that differ by nothing but noise: 99 % intervals leave out 0 three times, or some more for the
// estimated correlation.
TEST(CompareRuns, SeldomFindsADifferenceInNoise) {
  std::mt19937 random(11);
  int found = 0;
  for (int i = 0; i < 300; ++i) {
    const auto shift = RatioOfMedians(Windows(random, 4), Windows(random, 4), 2.5758);
    ASSERT_TRUE(shift.has_value());
    found += shift->interval.low > 1 || shift->interval.high < 1 ? 1 : 0;
  }
  EXPECT_LE(found, 12);
}

TEST(CompareRuns, FindsATenthOnItsWay) {
  std::mt19937 random(12);
  int worse = 0;
  for (int i = 0; i < 100; ++i) {
    const Comparison comparison = CompareRuns(RunOf(Windows(random, 4), 4), RunOf(Windows(random, 4.4), 4.4));
    worse += FigureOf(comparison, "p50, ms").verdict == Verdict::kWorse ? 1 : 0;
  }
  EXPECT_GE(worse, 95);
}

TEST(CompareRuns, SaysWorseBetterAndNoDifference) {
  std::mt19937 random(13);
  const LoadResult slow = RunOf(Windows(random, 5), 5);
  const LoadResult fast = RunOf(Windows(random, 4), 4);
  const LoadResult fast_too = RunOf(Windows(random, 4), 4.02);
  const Comparison worse = CompareRuns(fast, slow);
  EXPECT_EQ(worse.verdict, Verdict::kWorse);
  EXPECT_THAT(worse.sentence, HasSubstr("B is worse: p50"));
  EXPECT_THAT(FigureOf(worse, "p50, ms").interval->low, AllOf(::testing::Gt(0.1), ::testing::Lt(0.25)));
  EXPECT_THAT(FigureOf(worse, "p50, ms").how, "Mann-Whitney on 60 and 60 windows");
  const Comparison better = CompareRuns(slow, fast);
  EXPECT_EQ(better.verdict, Verdict::kBetter);
  EXPECT_THAT(better.sentence, HasSubstr("B is better: p50"));
  const Comparison same = CompareRuns(fast, fast_too);
  EXPECT_EQ(same.verdict, Verdict::kSame);
  EXPECT_THAT(same.sentence, HasSubstr("no difference beyond noise; cannot be told: p99.9"));
}

TEST(CompareRuns, TakesSmallDifferencesForNone) {
  std::vector<double> windows;
  for (int i = 0; i < 60; ++i) windows.push_back(4 + 0.001 * (i % 7));
  std::vector<double> slower = windows;
  for (double& window : slower) window *= 1.01;
  const auto verdict_with = [&](double tolerance) {
    return FigureOf(CompareRuns(RunOf(windows, 4), RunOf(slower, 4.04), {.tolerance = tolerance}), "p50, ms").verdict;
  };
  EXPECT_EQ(verdict_with(0.02), Verdict::kSame);
  EXPECT_EQ(verdict_with(0.005), Verdict::kWorse);
}

// One long stall lifts the whole run's figure and leaves the typical window as it is.
TEST(CompareRuns, CannotTellWhatFewWindowsDid) {
  std::mt19937 random(14);
  const Comparison comparison = CompareRuns(RunOf(Windows(random, 4), 4), RunOf(Windows(random, 4), 40));
  const ComparedFigure& figure = FigureOf(comparison, "p50, ms");
  EXPECT_EQ(figure.verdict, Verdict::kUnknown);
  EXPECT_THAT(figure.how, HasSubstr("few windows make the difference"));
}

TEST(CompareRuns, NeverJudgesARefusedPercentile) {
  const Comparison comparison = CompareRuns(MadeRun({4, 4, 4, 4, 4, 4, 4}), MadeRun({4, 4, 4, 4, 4, 4, 4}));
  const ComparedFigure& figure = FigureOf(comparison, "p99.99, ms");
  EXPECT_EQ(figure.verdict, Verdict::kUnknown);
  EXPECT_FALSE(figure.a.has_value());
  EXPECT_FALSE(figure.change.has_value());
  EXPECT_EQ(figure.how, "A refused: needs 100,000 samples, has 11,970");
}

// Half widths of 5 % and 5 % at 95 % are 7.07 % together, 9.3 % at 99 %.
TEST(CompareRuns, FallsBackToTheIntervalsOfTheRuns) {
  LoadResult a = MadeRun();
  LoadResult b = MadeRun();
  a.from_intention.percentiles[0] = {50, 100.0, 20, Interval{100 * std::exp(-0.05), 100 * std::exp(0.05)}};
  b.from_intention.percentiles[0] = {50, 120.0, 20, Interval{120 * std::exp(-0.05), 120 * std::exp(0.05)}};
  const ComparedFigure worse = FigureOf(CompareRuns(a, b), "p50, ms");
  EXPECT_EQ(worse.how, "the intervals of both runs");
  EXPECT_EQ(worse.verdict, Verdict::kWorse);
  EXPECT_NEAR(worse.interval->low, 1.2 * std::exp(-0.0929) - 1, 1e-3);
  EXPECT_NEAR(worse.interval->high, 1.2 * std::exp(0.0929) - 1, 1e-3);
  b.from_intention.percentiles[0].value_ms = 105;
  b.from_intention.percentiles[0].interval = Interval{105 * std::exp(-0.05), 105 * std::exp(0.05)};
  EXPECT_EQ(FigureOf(CompareRuns(a, b), "p50, ms").verdict, Verdict::kSame);
}

// 30 of 12,000 against 90 of 12,000: 0.25 % and 0.75 %. Newcombe by hand with z = 2.5758: Wilson 0.157 % to 0.398 % and
// 0.572 % to 0.983 %; the difference 0.5 points -0.230 to +0.275... of the square sums.
TEST(CompareRuns, CountsWhatWasNotAnswered) {
  const LoadResult a = MadeRun();
  LoadResult b = MadeRun();
  b.codes[1].count = 60;
  b.never_sent = 30;
  const ComparedFigure figure = FigureOf(CompareRuns(a, b), "requests not answered OK");
  EXPECT_DOUBLE_EQ(*figure.a, 0.0025);
  EXPECT_DOUBLE_EQ(*figure.b, 0.0075);
  EXPECT_EQ(figure.verdict, Verdict::kWorse);
  EXPECT_THAT(figure.interval->low, DoubleNear(0.0027, 0.0001));
  EXPECT_THAT(figure.interval->high, DoubleNear(0.0075, 0.0001));
  EXPECT_EQ(FigureOf(CompareRuns(a, a), "requests not answered OK").verdict, Verdict::kSame);
}

TEST(CompareRuns, ComparesCapacitiesByTheirLastSteps) {
  LoadResult a = MadeRun();
  a.steps.resize(2);
  a.capacity =
      FoundCapacity{.objective = "p99 <= 50 ms", .per_s = 240, .broken_per_s = 250, .concurrency = 0, .note = ""};
  LoadResult b = a;
  b.capacity->per_s = 245;
  b.capacity->broken_per_s = 252;
  EXPECT_EQ(FigureOf(CompareRuns(a, b), "capacity, /s").verdict, Verdict::kSame);
  b.capacity->per_s = 260;
  b.capacity->broken_per_s = 270;
  EXPECT_EQ(FigureOf(CompareRuns(a, b), "capacity, /s").verdict, Verdict::kBetter);
  EXPECT_EQ(FigureOf(CompareRuns(b, a), "capacity, /s").verdict, Verdict::kWorse);
  b.capacity->broken_per_s = std::nullopt;
  EXPECT_EQ(FigureOf(CompareRuns(a, b), "capacity, /s").verdict, Verdict::kUnknown);
  EXPECT_EQ(CompareRuns(a, b).figures.size(), 1u);
}

TEST(CompareRuns, RefusesWhatDiffersInKind) {
  LoadResult closed = MadeRun();
  closed.plan.loop = LoopKind::kClosed;
  EXPECT_THAT(CompareRuns(MadeRun(), closed).refusals, ElementsAre("loop: open against closed"));
  LoadResult search = MadeRun();
  search.steps.resize(1);
  EXPECT_THAT(CompareRuns(search, MadeRun()).refusals,
              ElementsAre("kind of run: search or sweep over rates against one run"));
  EXPECT_THAT(CompareRuns(MadeRun(), MadeRun()).refusals, IsEmpty());
}

TEST(CompareRuns, SaysWhatElseDiffers) {
  LoadResult b = MadeRun();
  EXPECT_THAT(CompareRuns(MadeRun(), b).differences, IsEmpty());
  b.plan.target_kind = "kserve";
  b.plan.layers = {"embedding"};
  b.plan.schedule = "poisson, 300/s";
  b.plan.deadline_ms = 500;
  b.environment.cpus = 8;
  b.environment.server_version = "peer 3";
  b.warnings = {"the client was the bottleneck"};
  const Comparison comparison = CompareRuns(MadeRun(), b);
  EXPECT_THAT(comparison.differences,
              ElementsAre("kind of target: onebyone against kserve",
                          "work: inception_4c/output, 16 channels, float32 against embedding, 16 channels, float32",
                          "schedule: poisson, 200/s against poisson, 300/s", "deadline: 0 ms against 500 ms",
                          "CPU of the client: EPYC, 2 against EPYC, 8"));
  EXPECT_THAT(comparison.versions, ElementsAre("server: onebyone-server 0.1.0 against peer 3"));
  EXPECT_THAT(comparison.cautions, ElementsAre("B: the client was the bottleneck"));
}

TEST(ComparisonTable, ShowsFiguresAndVerdict) {
  LoadResult b = MadeRun();
  b.environment.server_version = "onebyone-server 0.2.0";
  const std::string text = ComparisonTable(CompareRuns(MadeRun(), b), "a.json", "b.json");
  EXPECT_EQ(text,
            "A: a.json\n"
            "B: b.json\n"
            "\n"
            "What differs in version or place:\n"
            "  server: onebyone-server 0.1.0 against onebyone-server 0.2.0\n"
            "\n"
            "                               A       B        change                 99 % interval  verdict         by\n"
            "good throughput, /s          199     199        +0.0 %                             -  cannot be told  too "
            "few windows to tell\n"
            "p50, ms                     4.20    4.20        +0.0 %              -4.3 % to +4.5 %  same            the "
            "intervals of both runs\n"
            "p99.9, ms                   40.0    40.0        +0.0 %                             -  cannot be told  too "
            "few windows to tell\n"
            "p99.99, ms                     -       -             -                             -  cannot be told  A "
            "refused: needs 100,000 samples, has 11,970\n"
            "requests not answered OK  0.25 %  0.25 %  +0.00 points  -0.17 points to +0.17 points  same            "
            "Newcombe on 12,000 and 12,000 requests\n"
            "\n"
            "no difference beyond noise; cannot be told: good throughput, p99.9, p99.99\n");
}

}  // namespace
}  // namespace onebyone
