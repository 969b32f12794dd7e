#include <gtest/gtest.h>

#include "engine/bundle/bundle.h"
#include "tests/bundle/bundle_files.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::IsOkAndHolds;
using ::onebyone::testing::kLeastConfig;
using ::onebyone::testing::StatusIs;
using ::onebyone::testing::TemporaryFolder;
using ::onebyone::testing::WriteBundleFiles;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(FindBundles, ListsBundlesByNameEachByItsHighestVersion) {
  const TemporaryFolder folder;
  WriteBundleFiles(folder, "models/zebra", kLeastConfig);
  WriteBundleFiles(folder, "models/ape/9", kLeastConfig);
  WriteBundleFiles(folder, "models/ape/10", kLeastConfig);
  WriteBundleFiles(folder, "models/.hidden", kLeastConfig);
  folder.Write("models/notes/read.me", "no bundle");
  folder.Write("models/README.md", "a file");
  EXPECT_THAT(FindBundles(folder / "models"),
              IsOkAndHolds(ElementsAre(folder / "models/ape/10", folder / "models/zebra")));
}

TEST(FindBundles, ListsAsManyVersionsOfEachAsAsked) {
  const TemporaryFolder folder;
  for (const char* version : {"1", "2", "10"}) WriteBundleFiles(folder, std::string("ape/") + version, kLeastConfig);
  EXPECT_THAT(FindBundles(folder.path(), 2), IsOkAndHolds(ElementsAre(folder / "ape/10", folder / "ape/2")));
  EXPECT_THAT(FindBundles(folder.path(), 9), IsOkAndHolds(::testing::SizeIs(3)));
}

TEST(FindBundles, ListsBrokenBundlesToo) {
  const TemporaryFolder folder;
  WriteBundleFiles(folder, "models/broken", "what is this");
  folder.Write("models/unfinished/model.onnx", "abc");
  EXPECT_THAT(FindBundles(folder / "models"),
              IsOkAndHolds(ElementsAre(folder / "models/broken", folder / "models/unfinished")));
}

TEST(FindBundles, NamesAFolderThatIsNotThere) {
  const TemporaryFolder folder;
  EXPECT_THAT(FindBundles(folder / "nowhere"), StatusIs(absl::StatusCode::kNotFound, HasSubstr("nowhere")));
  EXPECT_THAT(FindBundles(folder.path()), IsOkAndHolds(ElementsAre()));
}

}  // namespace
}  // namespace onebyone
