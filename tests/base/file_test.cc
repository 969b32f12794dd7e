#include "engine/base/file.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::IsOk;
using ::onebyone::testing::IsOkAndHolds;
using ::onebyone::testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

// A fresh folder for each test.
class FileTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = absl::StrCat(::testing::TempDir(), "onebyone_", ::getpid(), "_", test->name());
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string Path(const std::string& name) const { return absl::StrCat(folder_, "/", name); }
  std::vector<std::string> Names() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) names.push_back(entry.path().filename());
    return names;
  }

  std::string folder_;
};

TEST_F(FileTest, ReadsBackEveryByteItWrote) {
  std::string content;
  for (int byte = 0; byte < 1024; ++byte) content.push_back(static_cast<char>(byte));
  ASSERT_THAT(WriteFile(Path("bytes"), content), IsOk());
  EXPECT_THAT(ReadFile(Path("bytes")), IsOkAndHolds(content));
}

TEST_F(FileTest, WritesAndReadsNothing) {
  ASSERT_THAT(WriteFile(Path("empty"), ""), IsOk());
  EXPECT_THAT(ReadFile(Path("empty")), IsOkAndHolds(""));
}

TEST_F(FileTest, ReplacesALongerFileWhole) {
  ASSERT_THAT(WriteFile(Path("file"), std::string(1000, 'a')), IsOk());
  ASSERT_THAT(WriteFile(Path("file"), "short"), IsOk());
  EXPECT_THAT(ReadFile(Path("file")), IsOkAndHolds("short"));
}

TEST_F(FileTest, WritesIntoADeviceInPlaceOfReplacingIt) {
  ASSERT_THAT(WriteFile("/dev/null", "gone"), IsOk());
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/null"));
  EXPECT_THAT(WriteFile("/dev/full", "content"),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("/dev/full: cannot be written")));
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/full"));
}

TEST_F(FileTest, LeavesNoTemporaryFileBehind) {
  ASSERT_THAT(WriteFile(Path("file"), "content"), IsOk());
  EXPECT_THAT(Names(), UnorderedElementsAre("file"));
}

TEST_F(FileTest, SaysWhichFileIsMissing) {
  EXPECT_THAT(ReadFile(Path("nowhere")), StatusIs(absl::StatusCode::kNotFound, HasSubstr(Path("nowhere"))));
}

TEST_F(FileTest, RefusesAFolder) {
  EXPECT_THAT(ReadFile(folder_), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(folder_)));
}

TEST_F(FileTest, RefusesAPipeInsteadOfWaitingForIt) {
  ASSERT_EQ(mkfifo(Path("pipe").c_str(), 0600), 0);
  EXPECT_THAT(ReadFile(Path("pipe")), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("pipe")));
}

TEST_F(FileTest, ReadsUpToItsLimitAndNotAByteMore) {
  ASSERT_THAT(WriteFile(Path("file"), "12345678"), IsOk());
  EXPECT_THAT(ReadFile(Path("file"), 8), IsOkAndHolds("12345678"));
  EXPECT_THAT(ReadFile(Path("file"), 7),
              StatusIs(absl::StatusCode::kInvalidArgument, AllOf(HasSubstr(Path("file")), HasSubstr("got 8"))));
}

TEST_F(FileTest, SaysWhereItCannotWrite) {
  EXPECT_THAT(WriteFile(Path("no/such/folder/file"), "content"),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr(Path("no/such/folder/file"))));
}

TEST_F(FileTest, LeavesAFolderInPlaceOfTheFileAlone) {
  std::filesystem::create_directories(Path("target/inside"));
  EXPECT_THAT(WriteFile(Path("target"), "content"),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr(Path("target"))));
  EXPECT_THAT(Names(), UnorderedElementsAre("target"));
}

}  // namespace
}  // namespace onebyone
