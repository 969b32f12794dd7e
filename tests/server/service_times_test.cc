#include "server/service_times.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace onebyone {
namespace {

constexpr absl::Time kNow = absl::UnixEpoch();

ServiceTimes::Sample Sample(int64_t bytes, absl::Duration decode, absl::Duration rest) { return {bytes, decode, rest}; }

TEST(ServiceTimes, KnowNothingBeforeTheFirstImage) {
  const ServiceTimes times;
  const auto predicted = times.Predict("a", 3, 1000, kNow);
  EXPECT_EQ(predicted.work, absl::ZeroDuration());
  EXPECT_FALSE(predicted.is_reliable);
}

TEST(ServiceTimes, PredictDecodingByBytesAndTheRestByImages) {
  ServiceTimes times;
  times.Record("a", Sample(1000, absl::Milliseconds(2), absl::Milliseconds(10)), kNow);
  const auto predicted = times.Predict("a", 3, 5000, kNow);
  EXPECT_NEAR(absl::ToDoubleSeconds(predicted.work), 0.040, 1e-9);
  EXPECT_TRUE(predicted.is_reliable);
}

TEST(ServiceTimes, FollowSamplesSlowly) {
  ServiceTimes times;
  times.Record("a", Sample(0, {}, absl::Milliseconds(8)), kNow);
  times.Record("a", Sample(0, {}, absl::Milliseconds(16)), kNow);
  EXPECT_EQ(times.Predict("a", 1, 0, kNow).work, absl::Milliseconds(9));
}

TEST(ServiceTimes, OfAnotherKindAreAGuess) {
  ServiceTimes times;
  times.Record("a", Sample(0, {}, absl::Milliseconds(8)), kNow);
  const auto predicted = times.Predict("b", 2, 0, kNow);
  EXPECT_EQ(predicted.work, absl::Milliseconds(16));
  EXPECT_FALSE(predicted.is_reliable);
}

TEST(ServiceTimes, AreBelievedForAWhileOnly) {
  ServiceTimes times;
  times.Record("a", Sample(0, {}, absl::Milliseconds(8)), kNow);
  EXPECT_TRUE(times.Predict("a", 1, 0, kNow + absl::Seconds(4)).is_reliable);
  EXPECT_FALSE(times.Predict("a", 1, 0, kNow + absl::Seconds(6)).is_reliable);
}

TEST(ServiceTimes, ForgetTheOldestKindWhereClientsInventTooMany) {
  ServiceTimes times;
  for (int i = 0; i < 600; ++i) {
    times.Record(absl::StrCat("kind", i), Sample(0, {}, absl::Milliseconds(8)), kNow + absl::Milliseconds(i));
  }
  EXPECT_FALSE(times.Predict("kind0", 1, 0, kNow + absl::Milliseconds(600)).is_reliable);
  EXPECT_TRUE(times.Predict("kind599", 1, 0, kNow + absl::Milliseconds(600)).is_reliable);
}

}  // namespace
}  // namespace onebyone
