#include "server/cache/answer_store.h"

#include <gmock/gmock.h>

#include <string>
#include <thread>
#include <vector>

namespace onebyone {
namespace {

using ::testing::IsNull;
using ::testing::NotNull;

AnswerKey Key(uint64_t number) {
  AnswerKey key;
  key.model = number;
  return key;
}

FeatureMaps Maps(size_t bytes, char letter = 'x') {
  FeatureMaps maps;
  maps.Add()->set_content(std::string(bytes, letter));
  return maps;
}

// What the store says that one answer of so many bytes takes.
int64_t Taken(size_t bytes) {
  AnswerStore store(int64_t{1} << 30);
  store.Keep(Key(1), Maps(bytes));
  return store.state().bytes;
}

TEST(AnswerStore, GivesBackACopyOfWhatItWasGiven) {
  AnswerStore store(int64_t{1} << 20);
  FeatureMaps maps = Maps(1000, 'a');
  EXPECT_THAT(store.Find(Key(1)), IsNull());
  EXPECT_THAT(store.Keep(Key(1), maps), NotNull());
  maps.Mutable(0)->set_content("b");
  ASSERT_THAT(store.Find(Key(1)), NotNull());
  EXPECT_EQ(store.Find(Key(1))->Get(0).content(), std::string(1000, 'a'));
  EXPECT_THAT(store.Find(Key(2)), IsNull());
}

TEST(AnswerStore, CountsWhatAnEntryTakesBesideItsMaps) {
  const auto overhead = static_cast<int64_t>(sizeof(v1::FeatureMap) + 2 * sizeof(AnswerKey));
  EXPECT_GT(Taken(100'000), 100'000 + overhead);
  EXPECT_GT(Taken(0), overhead);
  EXPECT_LT(Taken(100'000), 101'000);
}

TEST(AnswerStore, NeverTakesMoreThanItsBytesAndDropsTheLeastRecentlyUsed) {
  constexpr size_t kBytes = 5000;
  const int64_t one = Taken(kBytes);
  AnswerStore store(10 * one);
  for (uint64_t i = 0; i < 10; ++i) store.Keep(Key(i), Maps(kBytes));
  EXPECT_EQ(store.state().entries, 10);
  EXPECT_EQ(store.state().evictions, 0);
  EXPECT_THAT(store.Find(Key(0)), NotNull());  // so that 1 is the least recently used
  store.Keep(Key(10), Maps(kBytes));
  EXPECT_EQ(store.state().entries, 10);
  EXPECT_EQ(store.state().evictions, 1);
  EXPECT_EQ(store.state().bytes, 10 * one);
  EXPECT_THAT(store.Find(Key(0)), NotNull());
  EXPECT_THAT(store.Find(Key(1)), IsNull());
  store.Keep(Key(11), Maps(kBytes + 1000));
  EXPECT_EQ(store.state().evictions, 3) << "a larger one makes room for itself";
  EXPECT_LE(store.state().bytes, store.max_bytes());
}

TEST(AnswerStore, DoesNotKeepWhatWouldPushOutMostOthers) {
  const int64_t one = Taken(5000);
  AnswerStore store(one * AnswerStore::kLeastAnswers);
  EXPECT_THAT(store.Keep(Key(1), Maps(5000)), NotNull());
  EXPECT_THAT(store.Keep(Key(2), Maps(5100)), IsNull());
  EXPECT_THAT(store.Find(Key(2)), IsNull());
  EXPECT_EQ(store.state().entries, 1);
}

TEST(AnswerStore, CountsAnAnswerThatIsKeptTwiceOnce) {
  AnswerStore store(int64_t{1} << 20);
  const auto first = store.Keep(Key(1), Maps(5000));
  const AnswerStore::State before = store.state();
  EXPECT_EQ(store.Keep(Key(1), Maps(5000)), first);
  EXPECT_EQ(store.state().bytes, before.bytes);
  EXPECT_EQ(store.state().entries, 1);
}

TEST(AnswerStore, AnAnswerInUseOutlivesItsEviction) {
  AnswerStore store(AnswerStore::kLeastAnswers * Taken(5000));
  store.Keep(Key(0), Maps(5000, 'k'));
  const auto held = store.Find(Key(0));
  for (uint64_t i = 1; i < 100; ++i) store.Keep(Key(i), Maps(5000));
  EXPECT_THAT(store.Find(Key(0)), IsNull());
  EXPECT_EQ(held->Get(0).content(), std::string(5000, 'k'));
}

TEST(AnswerStore, ManyThreadsKeepItWithinItsBytes) {
  AnswerStore store(10 * Taken(2000));
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&store, thread] {
      for (uint64_t i = 0; i < 500; ++i) {
        const uint64_t number = (i * 7 + thread) % 25;
        const auto found = store.Find(Key(number));
        const std::string content(2000, static_cast<char>('a' + number));
        if (found != nullptr) {
          EXPECT_EQ(found->Get(0).content(), content);
        } else {
          store.Keep(Key(number), Maps(2000, content[0]));
        }
        EXPECT_LE(store.state().bytes, store.max_bytes());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(store.state().entries, 10);
}

}  // namespace
}  // namespace onebyone
