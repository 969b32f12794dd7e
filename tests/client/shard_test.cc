#include "client/commands/shard.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Ge;
using ::testing::HasSubstr;
using ::testing::Le;

TEST(ParseShard, TakesAPlaceAndACount) {
  const absl::StatusOr<Shard> shard = ParseShard("3/16");
  ASSERT_THAT(shard, testing::IsOk());
  EXPECT_EQ(shard->index, 3);
  EXPECT_EQ(shard->count, 16);
}

TEST(ParseShard, RefusesWhatIsNoPart) {
  for (const char* text :
       {"", "3", "/", "3/", "/4", "4/4", "-1/4", "0/0", "0/-2", "a/4", "0/4/1", "0/1000001", "0.5/2"}) {
    const absl::StatusOr<Shard> shard = ParseShard(text);
    EXPECT_THAT(shard, testing::StatusIs(absl::StatusCode::kInvalidArgument)) << text;
    EXPECT_THAT(std::string(shard.status().message()), HasSubstr(absl::StrCat("got '", text, "'")));
  }
}

TEST(Shard, HoldsEachNameInExactlyOneOfAllParts) {
  for (const int count : {1, 2, 3, 7, 64}) {
    for (int i = 0; i < 200; ++i) {
      const std::string name = absl::StrCat("picture_", i);
      int holders = 0;
      for (int index = 0; index < count; ++index) holders += IsInShard(name, {.index = index, .count = count}) ? 1 : 0;
      EXPECT_EQ(holders, 1) << name << " of " << count;
    }
  }
}

TEST(Shard, HoldsAboutAsManyNamesAsTheOthers) {
  std::vector<int> sizes(8, 0);
  for (int i = 0; i < 8000; ++i) {
    for (int index = 0; index < 8; ++index) {
      sizes[static_cast<size_t>(index)] += IsInShard(absl::StrCat(i), {.index = index, .count = 8}) ? 1 : 0;
    }
  }
  EXPECT_THAT(sizes, Each(AllOf(Ge(880), Le(1120))));  // 1,000 and four standard deviations
}

// Machines and versions of the program must agree: a name's part is for ever.
TEST(Shard, NeverChanges) {
  std::vector<int> parts;
  for (const char* name : {"", "a", "b", "cat_chelsea", "coffee", "produce"}) {
    for (int index = 0; index < 1000; ++index) {
      if (IsInShard(name, {.index = index, .count = 1000})) parts.push_back(index);
    }
  }
  EXPECT_THAT(parts, ElementsAre(936, 510, 431, 540, 936, 658));
}

}  // namespace
}  // namespace onebyone
