#include <gmock/gmock.h>

#include <cmath>
#include <map>
#include <vector>

#include "client/load/schedule/drawn_plan.h"
#include "client/load/schedule/rate_profile.h"
#include "client/load/work/load_pictures.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::IsOk;
using ::onebyone::testing::StatusIs;
using ::testing::DoubleNear;
using ::testing::HasSubstr;

LoadPictures Pictures(const std::vector<double>& weights) {
  LoadPictures set;
  for (const double weight : weights) set.pictures.push_back({"", "", weight});
  return set;
}

std::vector<PlannedCall> AllOf(CallPlan& plan) {
  std::vector<PlannedCall> calls;
  while (auto call = plan.Next()) calls.push_back(*call);
  return calls;
}

std::vector<PlannedCall> Draw(const RateProfile& profile, Arrivals arrivals, uint64_t seed) {
  DrawnPlan plan(profile, arrivals, PictureDraw(Pictures({1, 2}), PictureOrder::kRandom, seed), 1, seed);
  return AllOf(plan);
}

TEST(DrawnPlan, SpacesConstantArrivalsEvenly) {
  const auto calls = Draw(*RateProfile::Create({{10, 200, 200}}), Arrivals::kConstant, 1);
  ASSERT_EQ(calls.size(), 2000);
  for (size_t i = 0; i < calls.size(); ++i) ASSERT_EQ(calls[i].due_ns, static_cast<int64_t>(i) * 5'000'000);
}

TEST(DrawnPlan, DrawsPoissonArrivalsIndependently) {
  const auto calls = Draw(*RateProfile::Create({{100, 200, 200}}), Arrivals::kPoisson, 1);
  EXPECT_THAT(static_cast<double>(calls.size()), DoubleNear(20'000, 4 * std::sqrt(20'000)));
  double sum = 0;
  double squares = 0;
  for (size_t i = 1; i < calls.size(); ++i) {
    const double gap = static_cast<double>(calls[i].due_ns - calls[i - 1].due_ns) / 1e9;
    ASSERT_GE(gap, 0);
    sum += gap;
    squares += gap * gap;
  }
  const auto n = static_cast<double>(calls.size() - 1);
  EXPECT_THAT(sum / n, DoubleNear(0.005, 0.0002));
  // The standard deviation of an exponential distribution is its mean.
  EXPECT_THAT(std::sqrt(squares / n - sum / n * sum / n), DoubleNear(0.005, 0.0003));
}

TEST(DrawnPlan, RepeatsWhatItsSeedDrew) {
  const RateProfile profile = *RateProfile::Create({{5, 100, 300}});
  const auto first = Draw(profile, Arrivals::kPoisson, 7);
  const auto again = Draw(profile, Arrivals::kPoisson, 7);
  const auto other = Draw(profile, Arrivals::kPoisson, 8);
  ASSERT_EQ(first.size(), again.size());
  for (size_t i = 0; i < first.size(); ++i) {
    ASSERT_EQ(first[i].due_ns, again[i].due_ns);
    ASSERT_EQ(first[i].pictures, again[i].pictures);
  }
  EXPECT_NE(first[0].due_ns, other[0].due_ns);
}

TEST(DrawnPlan, EndsAfterSoManyCalls) {
  DrawnPlan plan(*RateProfile::Create({{1e6, 10, 10}}), Arrivals::kConstant,
                 PictureDraw(Pictures({1}), PictureOrder::kRandom, 1), 3, 1, 25);
  const auto calls = AllOf(plan);
  EXPECT_EQ(calls.size(), 25);
  EXPECT_EQ(calls[0].pictures.size(), 3);
}

TEST(RateProfile, RampsEvenly) {
  const auto calls = Draw(*RateProfile::ParseRamp("100:300", 10), Arrivals::kConstant, 1);
  EXPECT_THAT(static_cast<double>(calls.size()), DoubleNear(2000, 1));
  // After half the time a quarter of the growth is done: 5 * (100 + 200) / 2 calls.
  int64_t in_first_half = 0;
  for (const PlannedCall& call : calls) in_first_half += call.due_ns < 5'000'000'000 ? 1 : 0;
  EXPECT_THAT(static_cast<double>(in_first_half), DoubleNear(750, 1));
}

TEST(RateProfile, RampsFromAndToNothing) {
  EXPECT_THAT(Draw(*RateProfile::ParseRamp("0:100", 10), Arrivals::kConstant, 1).size(), 500);
  EXPECT_THAT(Draw(*RateProfile::ParseRamp("100:0", 10), Arrivals::kConstant, 1).size(), 500);
}

TEST(RateProfile, StepsFromRateToRate) {
  const RateProfile profile = *RateProfile::ParseSteps("100:2,0:1,300:1.5");
  EXPECT_DOUBLE_EQ(profile.seconds(), 4.5);
  EXPECT_DOUBLE_EQ(profile.requests(), 650);
  const auto calls = Draw(profile, Arrivals::kConstant, 1);
  ASSERT_EQ(calls.size(), 650);
  EXPECT_EQ(calls[199].due_ns, 1'990'000'000);
  EXPECT_THAT(static_cast<double>(calls[200].due_ns), DoubleNear(3e9, 10));
  EXPECT_THAT(static_cast<double>(calls[649].due_ns), DoubleNear(3e9 + 449 / 300.0 * 1e9, 10));
}

TEST(RateProfile, RefusesWhatIsNoRate) {
  for (const char* text :
       {"", "100", "100:", "a:1", "100:0", "100:-1", "-1:10", "2000000:1", "0:10", "1:2:3", "nan:1", "1:inf"}) {
    EXPECT_THAT(RateProfile::ParseSteps(text), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("want"))) << text;
  }
  EXPECT_THAT(RateProfile::ParseRamp("10", 5), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("FROM:TO")));
}

TEST(PictureDraw, FollowsTheWeights) {
  PictureDraw draw(Pictures({1, 3, 6}), PictureOrder::kRandom, 5);
  std::map<int32_t, int> counts;
  for (int i = 0; i < 10'000; ++i) ++counts[draw.Next()];
  EXPECT_THAT(counts[0] / 1e4, DoubleNear(0.1, 0.015));
  EXPECT_THAT(counts[1] / 1e4, DoubleNear(0.3, 0.02));
  EXPECT_THAT(counts[2] / 1e4, DoubleNear(0.6, 0.02));
}

TEST(PictureDraw, GoesInTurn) {
  PictureDraw draw(Pictures({5, 1, 1}), PictureOrder::kInTurn, 5);
  std::vector<int32_t> drawn;
  for (int i = 0; i < 7; ++i) drawn.push_back(draw.Next());
  EXPECT_THAT(drawn, ::testing::ElementsAre(0, 1, 2, 0, 1, 2, 0));
}

TEST(SizeMix, GivesEachSizeItsShare) {
  LoadPictures set;
  for (const size_t bytes : {1000, 1100, 900, 1'000'000}) set.pictures.push_back({"", std::string(bytes, 'x'), 1});
  ASSERT_THAT(ApplySizeMix("1K:0.9,1M:0.1", set), IsOk());
  EXPECT_DOUBLE_EQ(set.pictures[0].weight, 0.3);
  EXPECT_DOUBLE_EQ(set.pictures[3].weight, 0.1);
}

TEST(SizeMix, RefusesASizeWithoutPicturesAndWhatIsNone) {
  LoadPictures set;
  set.pictures.push_back({"", std::string(1000, 'x'), 1});
  EXPECT_THAT(ApplySizeMix("1K:1,4M:1", set),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("about 4M bytes")));
  for (const char* text : {"", "1K", "1K:0", "x:1", "1K:a"}) {
    EXPECT_THAT(ApplySizeMix(text, set), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--size-mix"))) << text;
  }
}

}  // namespace
}  // namespace onebyone
