#include "server/cache/flights.h"

#include <gmock/gmock.h>

namespace onebyone {
namespace {

using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

AnswerKey Key(uint64_t number) {
  AnswerKey key;
  key.model = number;
  return key;
}

TEST(Flights, TheFirstLeadsAndTheOthersWaitForIt) {
  Flights<int> flights;
  EXPECT_TRUE(flights.Lead(Key(1), 10));
  EXPECT_FALSE(flights.Lead(Key(1), 11));
  EXPECT_FALSE(flights.Lead(Key(1), 12));
  EXPECT_TRUE(flights.Lead(Key(2), 20)) << "another key is another flight";
  EXPECT_THAT(flights.Land(Key(1)), UnorderedElementsAre(11, 12));
  EXPECT_TRUE(flights.Lead(Key(1), 13)) << "the flight is over";
  EXPECT_THAT(flights.Land(Key(1)), IsEmpty());
  EXPECT_THAT(flights.Land(Key(2)), IsEmpty());
  EXPECT_EQ(flights.size(), 0U);
}

TEST(Flights, OneTakesOverAndTheOthersWaitOn) {
  Flights<int> flights;
  for (const int image : {10, 11, 12, 13}) flights.Lead(Key(1), image);
  const std::optional<int> heir = flights.PassOn(Key(1));
  ASSERT_TRUE(heir.has_value());
  EXPECT_FALSE(flights.Lead(Key(1), 14)) << "the heir leads";
  const auto others = flights.Land(Key(1));
  EXPECT_EQ(others.size(), 3U);
  EXPECT_FALSE(others.contains(*heir));
  EXPECT_TRUE(others.contains(14));
}

TEST(Flights, EndWhereNobodyTakesOver) {
  Flights<int> flights;
  flights.Lead(Key(1), 10);
  flights.Lead(Key(1), 11);
  EXPECT_EQ(flights.PassOn(Key(1)), 11);
  EXPECT_EQ(flights.PassOn(Key(1)), std::nullopt);
  EXPECT_EQ(flights.size(), 0U);
}

TEST(Flights, WhoLeavesIsNeitherAnsweredNorHeir) {
  Flights<int> flights;
  flights.Lead(Key(1), 10);
  flights.Lead(Key(1), 11);
  EXPECT_TRUE(flights.Leave(Key(1), 11));
  EXPECT_FALSE(flights.Leave(Key(1), 11)) << "it has left";
  EXPECT_FALSE(flights.Leave(Key(1), 10)) << "it leads";
  EXPECT_FALSE(flights.Leave(Key(2), 11)) << "there is no such flight";
  EXPECT_EQ(flights.PassOn(Key(1)), std::nullopt);
}

}  // namespace
}  // namespace onebyone
