#include "engine/workbench/layer_choice.h"

#include <gtest/gtest.h>

#include "tests/testing/graph_builder.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::GraphBuilder;
using ::onebyone::testing::StatusIs;
using ::testing::HasSubstr;

// A layer "conv" of 8 channels with a stored reduction to at most 4, and a layer "pool" without one.
absl::StatusOr<std::shared_ptr<const Model>> SmallModel() {
  Bundle bundle;
  bundle.preprocess.width = 16;
  bundle.preprocess.height = 16;
  bundle.aliases = {{"early", "conv"}};
  bundle.reductions.push_back(
      std::make_shared<const Reduction>(Reduction{.name = "pca",
                                                  .layer = "conv",
                                                  .weights = *Tensor::Create(DataType::kFloat32, {4, 8}),
                                                  .bias = {},
                                                  .explained_variance = {}}));
  return MakeModel(bundle,
                   GraphBuilder()
                       .Input("image", {1, 3, 16, 16})
                       .Conv("conv", "image", 8, {})
                       .GlobalAveragePool("pool", "conv")
                       .Output("pool")
                       .Build(),
                   {.convolution = CompileOptions::Convolution::kExact});
}

TEST(ChooseLayers, TakesWholeLayersWhereNoChannelsAreAsked) {
  ASSERT_OK_AND_ASSIGN(const auto model, SmallModel());
  ASSERT_OK_AND_ASSIGN(const auto chosen, ChooseLayers(*model, {"early", "pool"}, {.channels = 0}));
  ASSERT_EQ(chosen.size(), 2U);
  EXPECT_EQ(chosen[0].name, "early");
  EXPECT_EQ(chosen[0].query.layer, "conv");
  EXPECT_EQ(chosen[0].query.reduction, nullptr);
  ASSERT_OK_AND_ASSIGN(const auto defaults, ChooseLayers(*model, {}, {.channels = 0}));
  ASSERT_EQ(defaults.size(), 1U);
  EXPECT_EQ(defaults[0].name, "pool");
}

TEST(ChooseLayers, PrefersTheStoredReductionAsFarAsItReaches) {
  ASSERT_OK_AND_ASSIGN(const auto model, SmallModel());
  ASSERT_OK_AND_ASSIGN(const auto stored, ChooseLayers(*model, {"conv"}, {.channels = 4}));
  EXPECT_EQ(stored[0].query.reduction, model->StoredReduction("conv"));
  EXPECT_EQ(stored[0].query.channels, 4);
  ASSERT_OK_AND_ASSIGN(const auto random, ChooseLayers(*model, {"conv"}, {.channels = 5}));
  EXPECT_NE(random[0].query.reduction, model->StoredReduction("conv"));
  EXPECT_EQ(random[0].query.reduction->layer_channels(), 8);
  EXPECT_EQ(random[0].query.channels, 5);
}

TEST(ChooseLayers, TakesANamedReductionWholeUnlessTold) {
  ASSERT_OK_AND_ASSIGN(const auto model, SmallModel());
  ASSERT_OK_AND_ASSIGN(const auto all, ChooseLayers(*model, {"conv"}, {.reduction_name = "pca"}));
  EXPECT_EQ(all[0].query.reduction, model->StoredReduction("conv"));
  EXPECT_EQ(all[0].query.channels, 4);
  ASSERT_OK_AND_ASSIGN(const auto two, ChooseLayers(*model, {"conv"}, {.channels = 2, .reduction_name = "pca"}));
  EXPECT_EQ(two[0].query.channels, 2);
  const auto code = absl::StatusCode::kInvalidArgument;
  EXPECT_THAT(ChooseLayers(*model, {"conv"}, {.channels = 5, .reduction_name = "pca"}),
              StatusIs(code, HasSubstr("want 1 to 4 of reduction 'pca'")));
  EXPECT_THAT(ChooseLayers(*model, {"conv"}, {.reduction_name = "pac"}),
              StatusIs(code, HasSubstr("(there are: pca), got 'pac'")));
  EXPECT_THAT(ChooseLayers(*model, {"pool"}, {.reduction_name = "pca"}), StatusIs(code, HasSubstr("there is none")));
}

TEST(ChooseLayers, RefusesAsManyChannelsAsThereAre) {
  ASSERT_OK_AND_ASSIGN(const auto model, SmallModel());
  EXPECT_THAT(ChooseLayers(*model, {"pool"}, {.channels = 8}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("want 1 to 7")));
  EXPECT_THAT(ChooseLayers(*model, {"pooh"}, {.channels = 0}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("'pool'")));
}

TEST(ResolveLayers, TakesSeveralWithCommasBetweenEachOnce) {
  ASSERT_OK_AND_ASSIGN(const auto model, SmallModel());
  ASSERT_OK_AND_ASSIGN(const auto layers, ResolveLayers(*model, {"pool,early", "conv"}));
  ASSERT_EQ(layers.size(), 2U);
  EXPECT_EQ(layers[0]->name, "pool");
  EXPECT_EQ(layers[1]->name, "conv");
  EXPECT_THAT(ResolveLayers(*model, {"pool,pooh"}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("the nearest name is 'pool'")));
}

}  // namespace
}  // namespace onebyone
