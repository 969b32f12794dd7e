#include "server/security/live_calls.h"

#include <gmock/gmock.h>

#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::IsOk;
using ::onebyone::testing::StatusIs;
using ::testing::HasSubstr;

class LiveCallsTest : public ::testing::Test {
 protected:
  LiveCallsTest() { calls_.SetLimits({.of_connection = 4, .of_all = 6, .when_crowded = 2}); }

  absl::Time now_ = absl::UnixEpoch();
  LiveCalls calls_{[this] { return now_; }};
  const int one_ = 1, other_ = 2, bystander_ = 3;  // connections
};

TEST_F(LiveCallsTest, AConnectionHasSoManyAndGetsMoreWhenSomeHaveEnded) {
  for (int i = 0; i < 4; ++i) EXPECT_THAT(calls_.Begin(&one_), IsOk());
  EXPECT_THAT(calls_.Begin(&one_),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("at most 4 of a connection")));
  EXPECT_THAT(calls_.Begin(&other_), IsOk());
  calls_.End(&one_);
  EXPECT_THAT(calls_.Begin(&one_), IsOk());
  EXPECT_FALSE(calls_.Begin(&one_).ok());
}

TEST_F(LiveCallsTest, WhereAllTogetherHaveTooManyThoseWithFewStillGetSome) {
  for (int i = 0; i < 3; ++i) EXPECT_THAT(calls_.Begin(&one_), IsOk());
  for (int i = 0; i < 3; ++i) EXPECT_THAT(calls_.Begin(&other_), IsOk());
  EXPECT_THAT(calls_.Begin(&other_),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("at most 2 of a connection while all have 6")));
  EXPECT_THAT(calls_.Begin(&bystander_), IsOk());
  calls_.End(&one_);
  calls_.End(&one_);
  EXPECT_THAT(calls_.Begin(&other_), IsOk());
}

TEST_F(LiveCallsTest, CallsThatNobodySawEndAreForgottenInTime) {
  for (int i = 0; i < 4; ++i) EXPECT_THAT(calls_.Begin(&one_), IsOk());
  now_ += absl::Seconds(1);
  EXPECT_THAT(calls_.Begin(&one_), IsOk());
  for (int i = 0; i < 9; ++i) calls_.End(&one_);  // those that did end after all: no count is below none
  for (int i = 0; i < 4; ++i) EXPECT_THAT(calls_.Begin(&one_), IsOk());
  EXPECT_FALSE(calls_.Begin(&one_).ok());
}

TEST_F(LiveCallsTest, EndsOfUnknownConnectionsAreNobodys) {
  calls_.End(&one_);
  calls_.End(nullptr);
  for (int i = 0; i < 4; ++i) EXPECT_THAT(calls_.Begin(&one_), IsOk());
}

}  // namespace
}  // namespace onebyone
