#include "client/target.h"

#include <gmock/gmock.h>

#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::IsOk;
using ::onebyone::testing::IsOkAndHolds;
using ::onebyone::testing::StatusIs;
using ::testing::HasSubstr;

TEST(Target, TellsListsFromOthers) {
  EXPECT_TRUE(IsServerList("a:1,b:2"));
  EXPECT_FALSE(IsServerList("a:1"));
  EXPECT_FALSE(IsServerList("ipv4:127.0.0.1:1,127.0.0.1:2"));
  EXPECT_FALSE(IsServerList("unix:/a,b"));
}

TEST(Target, FindsTheHostThatAllServersHave) {
  EXPECT_EQ(CommonHost("a:1,a:2"), "a");
  EXPECT_EQ(CommonHost("[::1]:1,[::1]:2"), "::1");
  EXPECT_EQ(CommonHost("a:1,b:1"), "");
}

TEST(Target, MakesAddressesOfOneFamily) {
  EXPECT_THAT(ResolveList("127.0.0.1:1,127.0.0.2:2"), IsOkAndHolds("ipv4:127.0.0.1:1,127.0.0.2:2"));
  EXPECT_THAT(ResolveList("[::1]:1,[::2]:2"), IsOkAndHolds("ipv6:[::1]:1,[::2]:2"));
  EXPECT_THAT(ResolveList("[::1]:1,127.0.0.1:2"), IsOkAndHolds("ipv6:[::1]:1,[::ffff:127.0.0.1]:2"));
}

TEST(Target, LooksNamesUp) {
  const auto target = ResolveList("localhost:1,127.0.0.2:2");
  ASSERT_THAT(target, IsOk());
  EXPECT_THAT(*target, HasSubstr("127.0.0.1"));
  EXPECT_THAT(*target, HasSubstr("127.0.0.2"));
}

// "invalid" is reserved for names that do not exist (RFC 2606).
TEST(Target, NamesTheHostThatIsNotFound) {
  EXPECT_THAT(ResolveList("127.0.0.1:1,nobody.invalid:2"),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("'nobody.invalid' cannot be looked up")));
}

}  // namespace
}  // namespace onebyone
