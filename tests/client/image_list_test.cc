#include "client/commands/image_list.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <sstream>

#include "tests/client/scratch_folder.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::IsOkAndHolds;
using ::onebyone::testing::ScratchFolder;
using ::onebyone::testing::StatusIs;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::vector<std::string> NamesOf(const ImageList& list) {
  std::vector<std::string> names;
  for (const ImageSource& image : list.images) names.push_back(image.name);
  return names;
}

std::vector<std::string> PathsOf(const ImageList& list) {
  std::vector<std::string> paths;
  for (const ImageSource& image : list.images) paths.push_back(image.path);
  return paths;
}

TEST(ListImages, WalksFoldersInOrderAndLeavesHiddenFilesOut) {
  const ScratchFolder folder;
  const std::string c = folder.Write("in/c", "\xFF\xD8\xFF");
  const std::string b = folder.Write("in/b/deep/picture.txt", "\x89PNG\r\n\x1A\n");
  const std::string a = folder.Write("in/a.jpg", "1");
  folder.Write("in/.hidden", "1");
  folder.Write("in/.git/object", "1");
  std::filesystem::create_symlink("nowhere", folder / "in/dangling");
  std::filesystem::create_directory_symlink("..", folder / "in/loop");
  ASSERT_OK_AND_ASSIGN(const ImageList list, ListImages({folder / "in"}));
  EXPECT_THAT(PathsOf(list), ElementsAre(a, b, c));
  EXPECT_THAT(NamesOf(list), ElementsAre("a", "picture", "c"));
  EXPECT_THAT(list.failures, IsEmpty());
  EXPECT_THAT(list.notes, IsEmpty());
}

TEST(ListImages, LeavesOutOfAFolderWhatIsNoImageByNameOrContentAndSaysSo) {
  const ScratchFolder folder;
  const std::string named = folder.Write("in/broken.JPEG", "text");
  const std::string webp = folder.Write("in/webp", "RIFF0000WEBP");
  folder.Write("in/sound.wav", "RIFF0000WAVE");
  const std::string csv = folder.Write("in/labels.csv", "file,label");
  folder.Write("in/none", "");
  ASSERT_OK_AND_ASSIGN(const ImageList list, ListImages({folder / "in"}));
  EXPECT_THAT(PathsOf(list), ElementsAre(named, webp));
  EXPECT_THAT(list.failures, IsEmpty());
  EXPECT_THAT(list.notes, ElementsAre(csv + " and 2 more: no image by name or content, left out"));
}

TEST(ListImages, SendsAFileThatIsNamedWhateverItHolds) {
  const ScratchFolder folder;
  const std::string text = folder.Write("labels.csv", "file,label");
  ASSERT_OK_AND_ASSIGN(const ImageList list, ListImages({text}));
  EXPECT_THAT(PathsOf(list), ElementsAre(text));
}

TEST(ListImages, NamesAFolderWithoutImages) {
  const ScratchFolder folder;
  folder.Write("in/labels.csv", "file,label");
  ASSERT_OK_AND_ASSIGN(const ImageList list, ListImages({folder / "in"}));
  EXPECT_THAT(list.failures, ElementsAre(StatusIs(absl::StatusCode::kNotFound, HasSubstr("got 1 other files"))));
}

TEST(ListImages, KeepsTheOrderOfItsInputs) {
  ASSERT_OK_AND_ASSIGN(const ImageList list, ListImages({"z.jpg", "-", "a.jpg"}));
  EXPECT_THAT(NamesOf(list), ElementsAre("z", "stdin", "a"));
}

TEST(ListImages, TakesTheSameFileOnce) {
  ASSERT_OK_AND_ASSIGN(const ImageList list, ListImages({"x/a.jpg", "./x/a.jpg", "x//a.jpg", "-", "-"}));
  EXPECT_THAT(NamesOf(list), ElementsAre("a", "stdin"));
}

TEST(ListImages, NamesAnEmptyFolder) {
  const ScratchFolder folder;
  ASSERT_OK_AND_ASSIGN(const ImageList list, ListImages({folder.path()}));
  ASSERT_THAT(list.failures, SizeIs(1));
  EXPECT_THAT(list.failures[0], StatusIs(absl::StatusCode::kNotFound, HasSubstr(folder.path())));
}

struct Naming {
  std::string about;
  std::vector<std::string> inputs;
  std::vector<std::string> names;
};
class NamesOfInputs : public ::testing::TestWithParam<Naming> {};

TEST_P(NamesOfInputs, Differ) {
  ASSERT_OK_AND_ASSIGN(const ImageList list, ListImages(GetParam().inputs));
  EXPECT_EQ(NamesOf(list), GetParam().names);
}

INSTANTIATE_TEST_SUITE_P(
    All, NamesOfInputs,
    ::testing::Values(Naming{"plain", {"in/a.jpg", "b.tar.gz", "c", "d."}, {"a", "b.tar", "c", "d"}},
                      Naming{"ending", {"a.jpg", "a.png", "b.png"}, {"a.jpg", "a.png", "b"}},
                      Naming{"folder", {"cats/1.jpg", "dogs/1.jpg"}, {"cats_1", "dogs_1"}},
                      Naming{"both", {"x/1.jpg", "x/1.png", "y/1.jpg"}, {"x_1", "1.png", "y_1"}},
                      Naming{"absolute", {"/x/1.jpg", "../y/./1.jpg"}, {"x_1", "y_1"}},
                      Naming{"standard_input", {"-", "stdin.jpg"}, {"stdin", "stdin.jpg"}}),
    [](const auto& tested) { return tested.param.about; });

TEST(ListImages, NamesFilesOfAFolderByTheWayFromThere) {
  const ScratchFolder folder;
  folder.Write("in/cats/1.jpg", "1");
  folder.Write("in/dogs/1.jpg", "1");
  folder.Write("in/dogs/2.jpg", "1");
  ASSERT_OK_AND_ASSIGN(const ImageList list, ListImages({folder / "in"}));
  EXPECT_THAT(NamesOf(list), ElementsAre("cats_1", "dogs_1", "2"));
  EXPECT_THAT(list.notes, ElementsAre(AllOf(HasSubstr("cats/1.jpg"), HasSubstr("'cats_1'")), HasSubstr("1 more")));
}

TEST(ListImages, RefusesNamesThatNothingTellsApart) {
  EXPECT_THAT(ListImages({"../a.jpg", "a.jpg"}),
              StatusIs(absl::StatusCode::kAlreadyExists, AllOf(HasSubstr("../a.jpg and a.jpg"), HasSubstr("'a.jpg'"))));
}

TEST(FindImages, NamesEachByItsPathSoThatEqualNamesDoNotMatter) {
  const ImageList list = FindImages({"../a.jpg", "a.jpg", "./a.jpg"});
  ASSERT_EQ(list.images.size(), 2U);
  EXPECT_EQ(list.images[0].name, "../a.jpg");
  EXPECT_EQ(list.images[1].name, "a.jpg");
  EXPECT_TRUE(list.notes.empty());
}

TEST(ReadImage, ReadsFilesAndStandardInput) {
  const ScratchFolder folder;
  std::istringstream in(std::string("from\0stdin", 10));
  EXPECT_THAT(ReadImage({folder.Write("a", "from file"), "a"}, in), IsOkAndHolds(std::string("from file")));
  EXPECT_THAT(ReadImage({"-", "stdin"}, in), IsOkAndHolds(std::string("from\0stdin", 10)));
}

TEST(ReadImage, NamesWhatCannotBeRead) {
  const ScratchFolder folder;
  std::istringstream in;
  EXPECT_THAT(ReadImage({folder / "none", "none"}, in),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr(folder / "none")));
  EXPECT_THAT(ReadImage({folder.Write("empty", ""), "e"}, in),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("empty")));
  EXPECT_THAT(ReadImage({"-", "stdin"}, in), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("stdin")));
  EXPECT_THAT(ReadImage({folder.path(), "f"}, in), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("regular")));
}

TEST(ReadImage, ReadsNoEndlessStandardInput) {
  std::istringstream in(std::string((64 << 20) + 1, 'x'));
  EXPECT_THAT(ReadImage({"-", "stdin"}, in), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("at most")));
}

}  // namespace
}  // namespace onebyone
