#include "client/load/measure/stability.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

#include "client/load/run/server_watch.h"
#include "client/load/schedule/seeded_random.h"

namespace onebyone {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

WarmUpWindow Window(double p50_ms, int answers = 100, int64_t due = 100) {
  return {.seconds = 1, .due = due, .ok_ms = std::vector<double>(static_cast<size_t>(answers), p50_ms)};
}

TEST(StabilityJudge, WaitsForThreeWindowsThatAgree) {
  StabilityJudge judge(StabilityJudge::Rate::kAnswers, 0.1);
  for (const double p50 : {30.0, 12.0, 10.0}) {
    judge.Add(Window(p50));
    EXPECT_FALSE(judge.stable());
  }
  judge.Add(Window(10.2));
  EXPECT_FALSE(judge.stable());
  judge.Add(Window(9.9));
  EXPECT_TRUE(judge.stable());
}

TEST(StabilityJudge, SaysWhichWindowBrokeIt) {
  StabilityJudge judge(StabilityJudge::Rate::kAnswers, 0.1);
  judge.Add(Window(10));
  judge.Add(Window(10));
  judge.Add(Window(14));
  EXPECT_FALSE(judge.stable());
  EXPECT_THAT(judge.broken_by(),
              AllOf(HasSubstr("window 3"), HasSubstr("p50 14"), HasSubstr("+40 %"), HasSubstr("window 1")));
}

TEST(StabilityJudge, SeesARateThatStillGrows) {
  StabilityJudge judge(StabilityJudge::Rate::kAnswers, 0.1);
  judge.Add(Window(10, 1000));
  judge.Add(Window(10, 1000));
  judge.Add(Window(10, 2000));
  EXPECT_FALSE(judge.stable());
  EXPECT_THAT(judge.broken_by(), AllOf(HasSubstr("window 3"), HasSubstr("answers +100 %")));
}

// In an open loop the number of answers follows the schedule; what counts is whether they come.
TEST(StabilityJudge, TakesAnswersAsShareOfWhatWasDueInAnOpenLoop) {
  StabilityJudge judge(StabilityJudge::Rate::kShareOfDue, 0.1);
  judge.Add(Window(10, 1000, 1000));
  judge.Add(Window(10, 2000, 2000));
  judge.Add(Window(10, 500, 500));
  EXPECT_TRUE(judge.stable());
  StabilityJudge behind(StabilityJudge::Rate::kShareOfDue, 0.1);
  behind.Add(Window(10, 1000, 1000));
  behind.Add(Window(10, 1000, 1000));
  behind.Add(Window(10, 500, 1000));
  EXPECT_FALSE(behind.stable());
}

TEST(StabilityJudge, IsNotStableWithoutAnswers) {
  StabilityJudge judge(StabilityJudge::Rate::kAnswers, 0.1);
  judge.Add(Window(10));
  judge.Add(Window(10));
  judge.Add(Window(10, 0));
  EXPECT_FALSE(judge.stable());
  EXPECT_THAT(judge.broken_by(), HasSubstr("window 3: no answer"));
}

// Poisson arrivals and a broad distribution of latencies: chance alone must not break it.
TEST(StabilityJudge, ForgivesChanceWhereAnswersAreFew) {
  SeededRandom random(11, "windows");
  int stable_at_once = 0;
  for (int experiment = 0; experiment < 100; ++experiment) {
    StabilityJudge judge(StabilityJudge::Rate::kAnswers, 0.1);
    for (int i = 0; i < 3; ++i) {
      const double chance = std::sqrt(12.0) * (random.Uniform() - 0.5);  // mean 0, standard deviation 1
      WarmUpWindow window = {.seconds = 1, .due = 0, .ok_ms = {}};
      const int answers = static_cast<int>(30 + std::sqrt(30) * chance);
      for (int k = 0; k < answers; ++k) window.ok_ms.push_back(5 + 10 * random.Exponential());
      judge.Add(window);
    }
    stable_at_once += judge.stable() ? 1 : 0;
  }
  EXPECT_GE(stable_at_once, 90);
}

std::map<int, CodeTally> Codes(std::initializer_list<int> codes) {
  std::map<int, CodeTally> tallies;
  for (const int code : codes) tallies[code] = {1, code == 14 ? "connection refused" : ""};
  return tallies;
}

TEST(ServerWatch, CallsAServerGoneAfterFiveSecondsOfNothingButUnavailable) {
  ServerWatch watch;
  const absl::Time start = absl::UnixEpoch();
  watch.Add(Codes({0}), start);
  for (int second = 1; second <= 5; ++second) {
    watch.Add(Codes({14}), start + absl::Seconds(second));
    EXPECT_FALSE(watch.gone()) << second;
  }
  watch.Add(Codes({14}), start + absl::Seconds(6));
  EXPECT_TRUE(watch.gone());
  EXPECT_EQ(watch.message(), "connection refused");
}

TEST(ServerWatch, LetsAServerRefuseHangAndComeBack) {
  ServerWatch watch;
  const absl::Time start = absl::UnixEpoch();
  for (int second = 0; second < 60; ++second) {
    if (second % 3 == 0) watch.Add(Codes({14}), start + absl::Seconds(second));
    if (second % 3 == 1) watch.Add(Codes({8, 14}), start + absl::Seconds(second));
    if (second % 3 == 2) watch.Add(Codes({}), start + absl::Seconds(second));
    EXPECT_FALSE(watch.gone());
  }
}

}  // namespace
}  // namespace onebyone
