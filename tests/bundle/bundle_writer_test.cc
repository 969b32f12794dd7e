#include <gtest/gtest.h>

#include <cstring>

#include "engine/bundle/bundle.h"
#include "tests/bundle/bundle_files.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::IsOk;
using ::onebyone::testing::ReadWhole;
using ::onebyone::testing::StatusIs;
using ::onebyone::testing::TemporaryFolder;
using ::testing::ElementsAre;

Bundle FullBundle(const TemporaryFolder& folder) {
  Bundle bundle;
  bundle.description = "quotes \" and\nlines, ümlauts";
  bundle.license = "CC0";
  bundle.source = "here";
  bundle.preprocess = {.width = 96,
                       .height = 64,
                       .resize_shorter_side = 100,
                       .filter = ResizeFilter::kBilinear,
                       .color = ColorOrder::kBgr,
                       .mean = {0.485F, 0.456F, 0.406F},
                       .std = {0.229F, 0.224F, 0.225F},
                       .scale = 1.0F / 255};
  bundle.default_layers = {"pool", "conv/3x3"};
  bundle.aliases = {{"features", "pool"}, {"early", "conv/3x3"}};
  Reduction reduction = {.name = "pca/pool",
                         .layer = "pool",
                         .weights = *Tensor::Create(DataType::kFloat32, {1, 2}),
                         .bias = *Tensor::Create(DataType::kFloat32, {1}),
                         .relu = true,
                         .explained_variance = {0.3}};
  reduction.weights.As<float>()[1] = 1.0F / 3;
  reduction.bias->As<float>()[0] = -2;
  bundle.reductions.push_back(std::make_shared<const Reduction>(reduction));
  bundle.goldens.push_back(
      {folder.Write("from/cat.png", "picture"), "pool", folder.Write("from/cat.npy", "numbers"), /*tolerance=*/1e-5});
  return bundle;
}

TEST(WriteBundle, IsReadBackTheSame) {
  const TemporaryFolder folder;
  const Bundle bundle = FullBundle(folder);
  ASSERT_THAT(WriteBundle(folder / "models/net/3", folder.Write("a.onnx", "abc"), bundle), IsOk());
  ASSERT_OK_AND_ASSIGN(const Bundle read, ReadBundle(folder / "models/net"));
  EXPECT_EQ(read.name, "net");
  EXPECT_EQ(read.version, 3);
  EXPECT_EQ(ReadWhole(read.model_path), "abc");
  EXPECT_EQ(read.description, bundle.description);
  EXPECT_EQ(read.license, bundle.license);
  EXPECT_EQ(read.source, bundle.source);
  EXPECT_EQ(read.preprocess.width, 96);
  EXPECT_EQ(read.preprocess.height, 64);
  EXPECT_EQ(read.preprocess.resize_shorter_side, 100);
  EXPECT_EQ(read.preprocess.filter, ResizeFilter::kBilinear);
  EXPECT_EQ(read.preprocess.color, ColorOrder::kBgr);
  EXPECT_EQ(read.preprocess.mean, bundle.preprocess.mean);  // to the last bit
  EXPECT_EQ(read.preprocess.std, bundle.preprocess.std);
  EXPECT_EQ(read.preprocess.scale, bundle.preprocess.scale);
  EXPECT_EQ(read.default_layers, bundle.default_layers);
  EXPECT_EQ(read.aliases, bundle.aliases);
  ASSERT_EQ(read.reductions.size(), 1U);
  EXPECT_EQ(read.reductions[0]->name, "pca/pool");
  EXPECT_EQ(read.reductions[0]->weights.As<float>()[1], 1.0F / 3);
  EXPECT_EQ(read.reductions[0]->bias->As<float>()[0], -2);
  EXPECT_TRUE(read.reductions[0]->relu);
  EXPECT_THAT(read.reductions[0]->explained_variance, ElementsAre(0.3));
  ASSERT_EQ(read.goldens.size(), 1U);
  EXPECT_EQ(ReadWhole(read.goldens[0].image), "picture");
  EXPECT_EQ(ReadWhole(read.goldens[0].output), "numbers");
  EXPECT_EQ(read.goldens[0].tolerance, 1e-5);
}

TEST(WriteBundle, RefusesAFolderThatHoldsABundle) {
  const TemporaryFolder folder;
  const std::string onnx = folder.Write("a.onnx", "abc");
  ASSERT_THAT(WriteBundle(folder / "net", onnx, Bundle()), IsOk());
  EXPECT_THAT(WriteBundle(folder / "net", folder.Write("b.onnx", "other"), Bundle()),
              StatusIs(absl::StatusCode::kAlreadyExists));
  EXPECT_EQ(ReadWhole(folder / "net/model.onnx"), "abc");
}

TEST(WriteBundle, ReplacesABundleWhereItMay) {
  const TemporaryFolder folder;
  ASSERT_THAT(WriteBundle(folder / "net", folder.Write("a.onnx", "abc"), Bundle()), IsOk());
  Bundle other;
  other.description = "new";
  ASSERT_THAT(WriteBundle(folder / "net", folder.Write("b.onnx", "other"), other, IfBundleExists::kReplace), IsOk());
  ASSERT_OK_AND_ASSIGN(const Bundle read, ReadBundle(folder / "net"));
  EXPECT_EQ(read.description, "new");
  EXPECT_EQ(ReadWhole(read.model_path), "other");
}

// A user may put the file where it will lie, and then import it.
TEST(WriteBundle, KeepsAModelFileThatLiesInPlace) {
  const TemporaryFolder folder;
  const std::string onnx = folder.Write("net/model.onnx", "abc");
  ASSERT_THAT(WriteBundle(folder / "net", onnx, Bundle()), IsOk());
  ASSERT_THAT(WriteBundle(folder / "net", onnx, Bundle(), IfBundleExists::kReplace), IsOk());
  EXPECT_EQ(ReadWhole(onnx), "abc");
}

TEST(WriteBundle, LeavesNoConfigBehindWhereTheModelCannotBeCopied) {
  const TemporaryFolder folder;
  EXPECT_THAT(WriteBundle(folder / "net", folder / "nowhere.onnx", Bundle()), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(ReadBundle(folder / "net"), StatusIs(absl::StatusCode::kNotFound));
}

}  // namespace
}  // namespace onebyone
