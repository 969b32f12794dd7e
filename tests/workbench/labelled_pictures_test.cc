#include "engine/workbench/labelled_pictures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/bundle/bundle_files.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::StatusIs;
using ::onebyone::testing::TemporaryFolder;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class LabelledPicturesTest : public ::testing::Test {
 protected:
  absl::StatusOr<LabelledPictures> Read(absl::string_view lines) const {
    folder_.Write("labels.csv", absl::StrCat("file,class\n", lines));
    return ReadLabelledPictures(folder_.path());
  }
  const TemporaryFolder folder_;
};

TEST_F(LabelledPicturesTest, AreInTheOrderOfTheFileAndOfSortedClasses) {
  ASSERT_OK_AND_ASSIGN(const auto pictures,
                       Read("t/1.jpg,tulip\n./a//2.jpg,aster\n\"with, comma.png\",tulip\nx,Tulip\n"));
  EXPECT_THAT(pictures.files, ElementsAre("t/1.jpg", "a/2.jpg", "with, comma.png", "x"));
  EXPECT_THAT(pictures.class_names, ElementsAre("Tulip", "aster", "tulip"));
  EXPECT_THAT(pictures.classes, ElementsAre(2, 1, 2, 0));
  EXPECT_THAT(pictures.ClassSizes(), ElementsAre(1, 1, 2));
  EXPECT_EQ(pictures.PathOf(1), folder_ / "a/2.jpg");
}

TEST_F(LabelledPicturesTest, ForgetClassesWhosePicturesAreDropped) {
  ASSERT_OK_AND_ASSIGN(const auto pictures, Read("1,a\n2,b\n3,c\n4,c\n5,b\n"));
  ASSERT_OK_AND_ASSIGN(const auto fewer, pictures.Without({true, false, false, false, false}));
  EXPECT_THAT(fewer.files, ElementsAre("2", "3", "4", "5"));
  EXPECT_THAT(fewer.class_names, ElementsAre("b", "c"));
  EXPECT_THAT(fewer.classes, ElementsAre(0, 1, 1, 0));
  EXPECT_THAT(pictures.Without({true, false, true, true, false}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("at least 2 classes, got all 2 of 'b'")));
  EXPECT_THAT(pictures.Without({true, true, true, true, true}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("want at least 2 pictures, got 0")));
}

TEST_F(LabelledPicturesTest, WantAFolderWithLabels) {
  EXPECT_THAT(ReadLabelledPictures(folder_ / "none"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("want a folder with labels.csv, got ")));
  EXPECT_THAT(ReadLabelledPictures(folder_.path()),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("/labels.csv: no such file")));
}

TEST_F(LabelledPicturesTest, WantTheHeader) {
  const auto code = absl::StatusCode::kInvalidArgument;
  for (const auto& [text, got] :
       std::vector<std::pair<std::string, std::string>>{{"", "got nothing"},
                                                        {"path,label\na,b\n", "got 'path,label'"},
                                                        {"file,class,split\n", "got 'file,class,split'"}}) {
    folder_.Write("labels.csv", text);
    EXPECT_THAT(ReadLabelledPictures(folder_.path()),
                StatusIs(code, AllOf(HasSubstr("labels.csv: want the header 'file,class', "), HasSubstr(got))));
  }
}

TEST_F(LabelledPicturesTest, NameTheLineThatIsWrong) {
  const auto code = absl::StatusCode::kInvalidArgument;
  EXPECT_THAT(Read("1,a\n2\n"), StatusIs(code, HasSubstr("labels.csv: line 3: want 2 fields, file and class, got 1")));
  EXPECT_THAT(Read("1,a,b\n"), StatusIs(code, HasSubstr("line 2: want 2 fields, file and class, got 3")));
  EXPECT_THAT(Read("1, \n"), StatusIs(code, HasSubstr("line 2: want a class, got an empty field")));
  EXPECT_THAT(Read(",a\n"), StatusIs(code, HasSubstr("line 2: want a file, got an empty field")));
  EXPECT_THAT(Read("x/1,a\n2,b\n./x//1,a\n"),
              StatusIs(code, HasSubstr("line 4: want each file once, got 'x/1', which line 2 has")));
  EXPECT_THAT(Read("1,a\n\"2,b\n"), StatusIs(code, HasSubstr("labels.csv: line 3: want a quote")));
}

TEST_F(LabelledPicturesTest, StayInTheFolder) {
  for (const char* path : {"../1.jpg", "x/../../1.jpg", "x/..", "/etc/passwd"}) {
    EXPECT_THAT(Read(absl::StrCat("2,a\n", path, ",a\n")),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         HasSubstr(absl::StrCat("line 3: want a file in the folder of labels.csv, got '", path))));
  }
  EXPECT_THAT(Read("..1.jpg,a\n2..,b\n3,b\n"), ::onebyone::testing::IsOk());
}

TEST_F(LabelledPicturesTest, WantSomethingToFindAndSomethingToMistakeForIt) {
  const auto code = absl::StatusCode::kInvalidArgument;
  EXPECT_THAT(Read("1,a\n"), StatusIs(code, HasSubstr("want at least 2 pictures, got 1")));
  EXPECT_THAT(Read("1,a\n2,a\n"), StatusIs(code, HasSubstr("want pictures of at least 2 classes, got all 2 of 'a'")));
  EXPECT_THAT(Read("1,a\n2,b\n"),
              StatusIs(code, HasSubstr("want a class with at least 2 pictures, got 2 classes of one")));
}

}  // namespace
}  // namespace onebyone
