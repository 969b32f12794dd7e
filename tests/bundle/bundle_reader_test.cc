#include <gtest/gtest.h>

#include "engine/bundle/bundle.h"
#include "tests/bundle/bundle_files.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::kLeastConfig;
using ::onebyone::testing::StatusIs;
using ::onebyone::testing::TemporaryFolder;
using ::onebyone::testing::WriteBundleFiles;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(ReadBundle, FillsWhatTheConfigLeavesOut) {
  const TemporaryFolder folder;
  WriteBundleFiles(folder, "net", "preprocessing { width: 224 height: 224 }");
  ASSERT_OK_AND_ASSIGN(const Bundle bundle, ReadBundle(folder / "net"));
  EXPECT_EQ(bundle.name, "net");
  EXPECT_EQ(bundle.version, 1);
  EXPECT_EQ(bundle.model_path, folder / "net/model.onnx");
  EXPECT_EQ(bundle.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");  // of "abc"
  EXPECT_EQ(bundle.preprocess.resize_shorter_side, 256);
  EXPECT_EQ(bundle.preprocess.filter, ResizeFilter::kAntialias);
  EXPECT_EQ(bundle.preprocess.color, ColorOrder::kRgb);
  EXPECT_THAT(bundle.preprocess.mean, ElementsAre(0, 0, 0));
  EXPECT_THAT(bundle.preprocess.std, ElementsAre(1, 1, 1));
  EXPECT_EQ(bundle.preprocess.scale, 1);
  EXPECT_TRUE(bundle.default_layers.empty());
}

TEST(ReadBundle, ReadsEveryField) {
  const TemporaryFolder folder;
  folder.Write("net/cat.png", "picture");
  folder.Write("net/cat.pool.npy", "numbers");
  WriteBundleFiles(folder, "net", R"(
      description: "a net"  license: "CC0"  source: "here"
      preprocessing { width: 96 height: 64 resize_shorter_side: 100 filter: AREA color: BGR
                      mean: [104, 117, 123] std: [1, 2, 3] scale: 0.5 }
      default_layers: "pool"  default_layers: "conv"
      aliases { alias: "features" layer: "pool" }
      goldens { image: "cat.png" layer: "pool" output: "cat.pool.npy" tolerance: 0.01 }
      goldens { image: "cat.png" layer: "pool" output: "cat.pool.npy" })");
  ASSERT_OK_AND_ASSIGN(const Bundle bundle, ReadBundle(folder / "net"));
  EXPECT_EQ(bundle.description, "a net");
  EXPECT_EQ(bundle.license, "CC0");
  EXPECT_EQ(bundle.source, "here");
  EXPECT_EQ(bundle.preprocess.width, 96);
  EXPECT_EQ(bundle.preprocess.height, 64);
  EXPECT_EQ(bundle.preprocess.resize_shorter_side, 100);
  EXPECT_EQ(bundle.preprocess.filter, ResizeFilter::kArea);
  EXPECT_EQ(bundle.preprocess.color, ColorOrder::kBgr);
  EXPECT_THAT(bundle.preprocess.mean, ElementsAre(104, 117, 123));
  EXPECT_THAT(bundle.preprocess.std, ElementsAre(1, 2, 3));
  EXPECT_EQ(bundle.preprocess.scale, 0.5F);
  EXPECT_THAT(bundle.default_layers, ElementsAre("pool", "conv"));
  EXPECT_THAT(bundle.aliases, ElementsAre(::testing::Pair("features", "pool")));
  ASSERT_EQ(bundle.goldens.size(), 2U);
  EXPECT_EQ(bundle.goldens[0].image, folder / "net/cat.png");
  EXPECT_EQ(bundle.goldens[0].output, folder / "net/cat.pool.npy");
  EXPECT_EQ(bundle.goldens[0].tolerance, 0.01);
  EXPECT_EQ(bundle.goldens[1].tolerance, 1e-4);
}

// 8/7 of the shorter side, rounded, but never less than the crop needs.
TEST(ReadBundle, LeavesRoomForTheCrop) {
  const TemporaryFolder folder;
  const auto shorter_side = [&](int width, int height) {
    WriteBundleFiles(folder, "net", absl::StrCat("preprocessing { width: ", width, " height: ", height, " }"));
    const absl::StatusOr<Bundle> bundle = ReadBundle(folder / "net");
    return bundle.ok() ? bundle->preprocess.resize_shorter_side : -1;
  };
  EXPECT_EQ(shorter_side(160, 160), 183);
  EXPECT_EQ(shorter_side(299, 299), 342);
  EXPECT_EQ(shorter_side(100, 400), 400);
}

TEST(ReadBundle, TakesTheHighestVersion) {
  const TemporaryFolder folder;
  for (const char* version : {"2", "10", "9", "010", "latest"}) {
    WriteBundleFiles(folder, absl::StrCat("net/", version), kLeastConfig);
  }
  folder.Write("net/11/notes.txt", "no bundle");
  ASSERT_OK_AND_ASSIGN(const Bundle highest, ReadBundle(folder / "net"));
  EXPECT_EQ(highest.name, "net");
  EXPECT_EQ(highest.version, 10);
  ASSERT_OK_AND_ASSIGN(const Bundle asked, ReadBundle(folder / "net/9/"));
  EXPECT_EQ(asked.name, "net");
  EXPECT_EQ(asked.version, 9);
}

TEST(ReadBundle, NamesTheModelAsTheOperatorNamedTheFolder) {
  const TemporaryFolder folder;
  WriteBundleFiles(folder, "real", kLeastConfig);
  std::filesystem::create_directory_symlink(folder / "real", folder / "linked");
  ASSERT_OK_AND_ASSIGN(const Bundle linked, ReadBundle(folder / "linked"));
  EXPECT_EQ(linked.name, "linked");
  ASSERT_OK_AND_ASSIGN(const Bundle roundabout, ReadBundle(folder / "linked/../real/."));
  EXPECT_EQ(roundabout.name, "real");
}

TEST(ReadBundle, TellsWhatIsMissing) {
  const TemporaryFolder folder;
  folder.Write("empty/notes.txt", "");
  folder.Write("no_config/model.onnx", "abc");
  folder.Write("no_model/model_config.textproto", kLeastConfig);
  EXPECT_THAT(ReadBundle(folder / "nowhere"), StatusIs(absl::StatusCode::kNotFound, HasSubstr("nowhere")));
  EXPECT_THAT(ReadBundle(folder / "empty"), StatusIs(absl::StatusCode::kNotFound, HasSubstr("model_config.textproto")));
  EXPECT_THAT(ReadBundle(folder / "no_config"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("no_config/model_config.textproto")));
  EXPECT_THAT(ReadBundle(folder / "no_model"), StatusIs(absl::StatusCode::kNotFound, HasSubstr("no_model/model.onnx")));
}

}  // namespace
}  // namespace onebyone
