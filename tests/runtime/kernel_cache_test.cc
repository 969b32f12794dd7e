#include "engine/runtime/kernel_cache.h"

#include <gmock/gmock.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/runtime/choice_text.h"
#include "tests/bundle/bundle_files.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::IsOk;
using ::onebyone::testing::ReadWhole;
using ::onebyone::testing::TemporaryFolder;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::IsNull;
using ::testing::NotNull;
using ::testing::Pair;

constexpr ConvVariant kWinograd = {ConvVariant::Algorithm::kWinograd};

ConvChoices Choices(int threads, const std::string& key, const ConvVariant& variant) {
  ConvChoices choices;
  choices[threads].Set(key, variant);
  return choices;
}

TEST(KernelCache, GivesToTheNextStartWhatWasAdded) {
  const TemporaryFolder folder;
  KernelCache(folder / "deep/er", nullptr, "cpu").Add("f00d", Choices(2, "key", kWinograd));
  const ConvChoices kept = KernelCache(folder / "deep/er", nullptr, "cpu").Read("f00d");
  ASSERT_EQ(kept.size(), 1U);
  EXPECT_THAT(kept.at(2).by_key(), ElementsAre(Pair("key", kWinograd)));
}

TEST(KernelCache, KnowsNothingOfOtherModelsAndMachines) {
  const TemporaryFolder folder;
  KernelCache(folder.path(), nullptr, "cpu").Add("f00d", Choices(2, "key", kWinograd));
  EXPECT_THAT(KernelCache(folder.path(), nullptr, "cpu").Read("beef"), IsEmpty());
  EXPECT_THAT(KernelCache(folder.path(), nullptr, "other cpu").Read("f00d"), IsEmpty());
  EXPECT_THAT(KernelCache(folder.path(), nullptr).Read("f00d"), IsEmpty());
}

TEST(KernelCache, KeepsWhatAnotherProcessAddedMeanwhile) {
  const TemporaryFolder folder;
  KernelCache one(folder.path(), nullptr, "cpu");
  KernelCache other(folder.path(), nullptr, "cpu");
  one.Add("f00d", Choices(1, "a", kWinograd));
  other.Add("f00d", Choices(1, "b", {}));
  one.Add("f00d", Choices(4, "a", {}));
  EXPECT_EQ(CountOf(other.Read("f00d")), 3);
}

TEST(KernelCache, BeginsAnewWhenItIsFull) {
  const TemporaryFolder folder;
  KernelCache cache(folder.path(), nullptr, "cpu");
  ConvChoices most;
  for (int i = 0; i < kMostChoices; ++i) most[1].Set(absl::StrCat("old", i), kWinograd);
  cache.Add("f00d", most);
  EXPECT_EQ(CountOf(cache.Read("f00d")), kMostChoices);
  cache.Add("f00d", Choices(1, "new", kWinograd));
  EXPECT_THAT(cache.Read("f00d").at(1).by_key(), ElementsAre(Pair("new", kWinograd)));
}

TEST(KernelCache, WritesNoFileForWhatIsNoHash) {
  const TemporaryFolder folder;
  KernelCache cache(folder / "cache", nullptr, "cpu");
  for (const char* name : {"", "../f00d", "/tmp/f00d", "f00d.x"}) {
    cache.Add(name, Choices(1, "a", kWinograd));
    EXPECT_THAT(cache.Read(name), IsEmpty()) << name;
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(KernelCache, WarnsOnceWhereItCannotWrite) {
  const TemporaryFolder folder;
  std::vector<std::string> warnings;
  KernelCache cache(
      folder.Write("file", "") + "/cache", [&](const absl::Status& why) { warnings.emplace_back(why.message()); },
      "cpu");
  for (int i = 0; i < 3; ++i) cache.Add("f00d", Choices(1, "a", kWinograd));
  EXPECT_THAT(warnings, ElementsAre(::testing::HasSubstr(folder / "file/cache")));
  EXPECT_THAT(cache.Read("f00d"), IsEmpty());
}

TEST(KernelCache, AFolderInTheFilesPlaceIsOneThatCannotBeWritten) {
  const TemporaryFolder folder;
  std::filesystem::create_directories(folder / "f00d.choices/inside");
  int warnings = 0;
  KernelCache cache(
      folder.path(), [&](const absl::Status&) { ++warnings; }, "cpu");
  cache.Add("f00d", Choices(1, "a", kWinograd));
  EXPECT_EQ(warnings, 1);
  EXPECT_THAT(cache.Read("f00d"), IsEmpty());
}

TEST(KernelCache, ReadersSeeWholeFilesWhileTwoWriteThem) {
  const TemporaryFolder folder;
  ConvChoices first;
  for (int i = 0; i < 100; ++i) first[1].Set(absl::StrCat("key", i), kWinograd);
  KernelCache reader(folder.path(), nullptr, "cpu");
  reader.Add("f00d", first);
  std::atomic<int> warnings = 0;
  std::atomic<bool> done = false;
  {
    std::vector<std::jthread> writers;
    for (int threads = 1; threads <= 2; ++threads) {
      writers.emplace_back([&, threads] {
        // As another process would: nothing is shared but the folder.
        KernelCache writer(
            folder.path(), [&](const absl::Status&) { ++warnings; }, "cpu");
        for (int i = 0; i < 200; ++i) writer.Add("f00d", Choices(threads, absl::StrCat("more", i), ConvVariant()));
        done = true;
      });
    }
    while (!done) {
      EXPECT_THAT(ParseChoices({"f00d", "cpu"}, ReadWhole(folder / "f00d.choices")), IsOk());
    }
  }
  EXPECT_EQ(warnings, 0);
  EXPECT_GE(CountOf(reader.Read("f00d")), 100);
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    EXPECT_EQ(entry.path().filename(), "f00d.choices");  // no temporary file is left
  }
}

TEST(OpenKernelCache, IsNoneForNothingAndOff) {
  EXPECT_THAT(OpenKernelCache("", nullptr), IsNull());
  EXPECT_THAT(OpenKernelCache("off", nullptr), IsNull());
  EXPECT_THAT(OpenKernelCache("./off", nullptr), NotNull());
}

// Sets or unsets (null) a variable, and puts it back at the end.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) {
    const char* before = std::getenv(name);
    had_ = before != nullptr;
    if (had_) before_ = before;
    value == nullptr ? unsetenv(name) : setenv(name, value, 1);
  }
  ~Variable() { had_ ? setenv(name_, before_.c_str(), 1) : unsetenv(name_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* const name_;
  bool had_ = false;
  std::string before_;
};

std::string FolderFor(const char* caches, const char* home) {
  const Variable xdg("XDG_CACHE_HOME", caches);
  const Variable of_home("HOME", home);
  return DefaultKernelCacheFolder();
}

TEST(DefaultKernelCacheFolder, LiesWhereCachesLie) {
  EXPECT_EQ(FolderFor("/var/cache", "/home/me"), "/var/cache/onebyone");
  EXPECT_EQ(FolderFor(nullptr, "/home/me"), "/home/me/.cache/onebyone");
  EXPECT_EQ(FolderFor("", "/"), "/.cache/onebyone");
  EXPECT_EQ(FolderFor("relative", "/home/me"), "/home/me/.cache/onebyone");
  EXPECT_EQ(FolderFor(nullptr, nullptr), "");
  EXPECT_EQ(FolderFor(nullptr, "relative"), "");
}

}  // namespace
}  // namespace onebyone
