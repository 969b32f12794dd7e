#include "engine/workbench/evaluated_features.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/testing/graph_builder.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::GraphBuilder;
using ::onebyone::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// A map "relu" of 8 x 16 x 16 with components to 4 and a head "wide" of 9, a map "pool" of 8 x 1 x 1.
absl::StatusOr<std::shared_ptr<const Model>> SmallModel() {
  Bundle bundle;
  bundle.preprocess.width = 16;
  bundle.preprocess.height = 16;
  Reduction fitted = {.name = "pca",
                      .layer = "relu",
                      .weights = *Tensor::Create(DataType::kFloat32, {4, 8}),
                      .bias = {},
                      .explained_variance = {}};
  Reduction head = {.name = "wide",
                    .layer = "relu",
                    .weights = *Tensor::Create(DataType::kFloat32, {9, 8}),
                    .bias = {},
                    .explained_variance = {}};
  head.kind = Reduction::Kind::kHead;
  bundle.reductions = {std::make_shared<const Reduction>(fitted), std::make_shared<const Reduction>(head)};
  return MakeModel(bundle,
                   GraphBuilder()
                       .Input("image", {1, 3, 16, 16})
                       .Conv("conv", "image", 8, {})
                       .Relu("relu", "conv")
                       .GlobalAveragePool("pool", "relu")
                       .Output("pool")
                       .Build(),
                   {.convolution = CompileOptions::Convolution::kExact});
}

// "layer pooling channels reduction dimension" of each.
std::vector<std::string> Chosen(const FeatureChoice& choice) {
  const auto model = SmallModel();
  const auto chosen = model.ok() ? ChooseFeatures(**model, choice) : model.status();
  EXPECT_TRUE(chosen.ok()) << chosen.status();
  std::vector<std::string> texts;
  for (const EvaluatedFeature& feature : chosen.value_or(EvaluatedFeatures{}).features) {
    texts.push_back(absl::StrCat(feature.layer, " ", feature.pooling, " ", feature.channels, " ", feature.reduction,
                                 " ", feature.form.dimension));
  }
  return texts;
}

TEST(ChooseFeatures, TakesTheDefaultLayerWhole) { EXPECT_THAT(Chosen({}), ElementsAre("pool - 8  8")); }

TEST(ChooseFeatures, HasALayerOfOnePixelOnceWhateverThePoolings) {
  const std::vector<MapPooling> poolings = {MapPooling::kAverage, MapPooling::kMax, MapPooling::kNone};
  EXPECT_THAT(Chosen({.layers = {"pool", "relu"}, .poolings = poolings}),
              ElementsAre("pool - 8  8", "relu average 8  8", "relu max 8  8", "relu none 8  2048"));
}

TEST(ChooseFeatures, NamesWhatReducesTheChannels) {
  EXPECT_THAT(Chosen({.layers = {"relu"}, .channels = {0, 3}}),
              ElementsAre("relu average 8  8", "relu average 3 fitted 3"));
  EXPECT_THAT(Chosen({.layers = {"pool"}, .channels = {3}}), ElementsAre("pool - 3 random projection 3"));
  EXPECT_THAT(Chosen({.layers = {"relu"}, .channels = {0, 2}, .reduction_name = "wide"}),
              ElementsAre("relu average 9 wide 9", "relu average 2 wide 2"));
}

TEST(ChooseFeatures, TakesEachLayerThatIsNoConvolutionsOwnForAll) {
  EXPECT_THAT(Chosen({.layers = {"all"}}), ElementsAre("relu average 8  8", "pool - 8  8"));
  ASSERT_OK_AND_ASSIGN(const auto model, SmallModel());
  ASSERT_OK_AND_ASSIGN(const auto some, ChooseFeatures(*model, {.layers = {"all"}, .channels = {5}}));
  EXPECT_EQ(some.features.size(), 1U);
  EXPECT_THAT(some.left_out, ElementsAre(HasSubstr("layer 'relu'")));
}

TEST(ChooseFeatures, RefusesWhatAServerWouldRefuse) {
  ASSERT_OK_AND_ASSIGN(const auto model, SmallModel());
  const auto code = absl::StatusCode::kInvalidArgument;
  EXPECT_THAT(ChooseFeatures(*model, {.layers = {"relu"}, .channels = {5}}),
              StatusIs(code, HasSubstr("want 1 to 4, as 'pca' of layer 'relu' has (or none for all 8), got 5")));
  EXPECT_THAT(ChooseFeatures(*model, {.layers = {"relu"}, .channels = {8}}), StatusIs(code, HasSubstr("got 8")));
  EXPECT_THAT(ChooseFeatures(*model, {.layers = {"all"}, .channels = {800}}),
              StatusIs(code, HasSubstr("want at least one layer with such channels, got none")));
  EXPECT_THAT(ChooseFeatures(*model, {.layers = {"rely"}}), StatusIs(code, HasSubstr("the nearest name is 'relu'")));
}

}  // namespace
}  // namespace onebyone
