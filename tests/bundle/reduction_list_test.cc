#include "engine/bundle/reduction_list.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <map>

#include "engine/bundle/bundle.h"
#include "tests/bundle/bundle_files.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::FloatNpy;
using ::onebyone::testing::IsOk;
using ::onebyone::testing::kLeastConfig;
using ::onebyone::testing::ReadWhole;
using ::onebyone::testing::StatusIs;
using ::onebyone::testing::TemporaryFolder;
using ::onebyone::testing::WriteBundleFiles;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

Tensor Filled(const Shape& shape, float first) {
  Tensor tensor = *Tensor::Create(DataType::kFloat32, shape);
  for (int64_t i = 0; i < tensor.elements(); ++i) tensor.As<float>()[i] = first + static_cast<float>(i);
  return tensor;
}

std::shared_ptr<Reduction> Fitted(const std::string& layer, float first = 1) {
  auto reduction = std::make_shared<Reduction>();
  reduction->name = "pca(" + layer + ")";
  reduction->layer = layer;
  reduction->weights = Filled({2, 3}, first);
  reduction->bias = Filled({2}, -first);
  reduction->explained_variance = {0.1, 1.0 / 3};
  reduction->images = 12;
  reduction->ranges = {{-1.0F / 3, 2}, {0, 1e-3F}};
  return reduction;
}

std::shared_ptr<Reduction> Head(const std::string& name, const std::string& layer) {
  auto reduction = std::make_shared<Reduction>();
  reduction->name = name;
  reduction->layer = layer;
  reduction->kind = Reduction::Kind::kHead;
  reduction->weights = Filled({5, 4}, 0);
  reduction->relu = true;
  reduction->hidden = PointwiseConvolution{.weights = Filled({4, 3}, 2), .bias = Filled({4}, 3), .relu = true};
  return reduction;
}

class ReductionListTest : public ::testing::Test {
 protected:
  ReductionListTest() { WriteBundleFiles(folder_, "net", kLeastConfig); }

  absl::Status Write(const ReductionList& list) const {
    return WriteReductionList(bundle_, ReadBundle(bundle_)->sha256, list);
  }
  std::map<std::string, std::string> Files() const {
    std::map<std::string, std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(bundle_)) {
      files[entry.path().filename().string()] = ReadWhole(entry.path().string());
    }
    return files;
  }

  const TemporaryFolder folder_;
  const std::string bundle_ = folder_ / "net";
};

TEST_F(ReductionListTest, IsReadBackWithTheBundle) {
  ASSERT_THAT(Write({Fitted("a/b c"), Head("my/head", "a/b c")}), IsOk());
  ASSERT_OK_AND_ASSIGN(const Bundle bundle, ReadBundle(bundle_));
  ASSERT_THAT(bundle.reductions, SizeIs(2));
  const Reduction& fitted = *bundle.reductions[0];
  EXPECT_EQ(fitted.name, "pca(a/b c)");
  EXPECT_EQ(fitted.kind, Reduction::Kind::kFitted);
  EXPECT_EQ(fitted.images, 12);
  ASSERT_THAT(fitted.ranges, SizeIs(2));
  EXPECT_EQ(fitted.ranges[0].low, -1.0F / 3);
  EXPECT_EQ(fitted.ranges[1].high, 1e-3F);
  EXPECT_EQ(fitted.weights.As<float>()[5], 6);
  EXPECT_EQ(fitted.bias->As<float>()[1], 0);
  EXPECT_THAT(fitted.explained_variance, ElementsAre(0.1, 1.0 / 3));  // to the last bit
  const Reduction& head = *bundle.reductions[1];
  EXPECT_EQ(head.kind, Reduction::Kind::kHead);
  EXPECT_TRUE(head.relu);
  EXPECT_FALSE(head.bias.has_value());
  ASSERT_TRUE(head.hidden.has_value());
  EXPECT_EQ(head.hidden->weights.As<float>()[11], 13);
  EXPECT_EQ(head.hidden->bias->As<float>()[3], 6);
  EXPECT_TRUE(head.hidden->relu);
  EXPECT_EQ(head.layer_channels(), 3);
  EXPECT_EQ(head.max_channels(), 5);
}

TEST_F(ReductionListTest, LeavesTheConfigThatPeopleWriteAlone) {
  const std::string config = ReadWhole(bundle_ + "/model_config.textproto");
  ASSERT_THAT(Write({Fitted("a")}), IsOk());
  EXPECT_EQ(ReadWhole(bundle_ + "/model_config.textproto"), config);
}

TEST_F(ReductionListTest, GivesTheSameFilesForTheSameList) {
  ASSERT_THAT(Write({Fitted("a"), Head("h", "a")}), IsOk());
  const auto first = Files();
  ASSERT_THAT(Write({Fitted("a"), Head("h", "a")}), IsOk());
  EXPECT_EQ(Files(), first);
}

TEST_F(ReductionListTest, RemovesTheFilesOfWhatItReplaces) {
  ASSERT_THAT(Write({Fitted("a", 1)}), IsOk());
  const size_t files = Files().size();
  ASSERT_THAT(Write({Fitted("a", 2)}), IsOk());
  EXPECT_THAT(Files(), SizeIs(files));
  EXPECT_EQ(ReadBundle(bundle_)->reductions[0]->weights.As<float>()[0], 2);
}

TEST_F(ReductionListTest, OfAnotherModelIsRefused) {
  ASSERT_THAT(Write({Fitted("a")}), IsOk());
  folder_.Write("net/model.onnx", "another");
  EXPECT_THAT(ReadBundle(bundle_),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("reductions.textproto: model_sha256: want that of model.onnx"),
                             HasSubstr("run onebyone-model fit-reduction again"))));
}

TEST_F(ReductionListTest, GoesWhereTheBundleIsReplaced) {
  ASSERT_THAT(Write({Fitted("a")}), IsOk());
  ASSERT_THAT(WriteBundle(bundle_, folder_.Write("new.onnx", "new"), Bundle(), IfBundleExists::kReplace), IsOk());
  EXPECT_FALSE(Files().contains("reductions.textproto"));
}

TEST_F(ReductionListTest, RefusesNamesThatTheConfigHasAlready) {
  folder_.Write("net/w.npy", FloatNpy({2, 3}, {1, 2, 3, 4, 5, 6}));
  ASSERT_THAT(Write({Fitted("a")}), IsOk());
  folder_.Write("net/model_config.textproto",
                absl::StrCat(kLeastConfig, "reductions { name: 'pca(a)' layer: 'b' weights: 'w.npy' }"));
  EXPECT_THAT(ReadBundle(bundle_),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("reductions.textproto: reductions[0].name: want a name that no")));
}

TEST_F(ReductionListTest, RefusesADamagedFile) {
  ASSERT_THAT(Write({Fitted("a")}), IsOk());
  const std::string text = ReadWhole(bundle_ + "/reductions.textproto");
  folder_.Write("net/reductions.textproto", text.substr(0, text.size() - 3));
  EXPECT_THAT(ReadBundle(bundle_), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("reductions.textproto:")));
}

TEST_F(ReductionListTest, RefusesConvolutionsThatDoNotFitTogether) {
  folder_.Write("net/w.npy", FloatNpy({2, 3}, {1, 2, 3, 4, 5, 6}));
  folder_.Write("net/model_config.textproto",
                absl::StrCat(kLeastConfig, "reductions { name: 'h' layer: 'b' kind: HEAD weights: 'w.npy' ",
                             "hidden { weights: 'w.npy' } }"));
  EXPECT_THAT(ReadBundle(bundle_),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("reductions[0].weights: want [K, 2], which takes what the hidden convolution gives, "
                                 "got [2, 3]")));
}

}  // namespace
}  // namespace onebyone
