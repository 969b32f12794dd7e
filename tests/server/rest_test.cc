#include "server/rest.h"

#include <gtest/gtest.h>

#include <thread>

#include "engine/base/steady_time.h"

namespace onebyone {
namespace {

TEST(Rest, EndsAfterItsTime) {
  Rest rest;
  const absl::Time start = SteadyNow();
  EXPECT_FALSE(rest.For(absl::Milliseconds(20)));
  EXPECT_GE(SteadyNow() - start, absl::Milliseconds(20));
  EXPECT_FALSE(rest.For(absl::ZeroDuration()));
}

TEST(Rest, EndsWhenItIsWoken) {
  Rest rest;
  std::thread waker([&rest] { rest.Wake(); });
  EXPECT_TRUE(rest.For(absl::InfiniteDuration()));
  waker.join();
}

TEST(Rest, RemembersOneWakeThatCameBefore) {
  Rest rest;
  rest.Wake();
  rest.Wake();
  EXPECT_TRUE(rest.For(absl::Hours(1)));
  EXPECT_FALSE(rest.For(absl::Milliseconds(1)));
}

}  // namespace
}  // namespace onebyone
