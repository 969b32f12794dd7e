#include "engine/model_loader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <limits>

#include "tests/bundle/bundle_files.h"
#include "tests/testing/graph_builder.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::GraphBuilder;
using ::onebyone::testing::IsOk;
using ::onebyone::testing::StatusIs;
using ::onebyone::testing::TemporaryFolder;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const CompileOptions kExact = {.convolution = CompileOptions::Convolution::kExact};

// image [1, 3, 16, 16] -> conv, 8 channels -> pool -> features [1, 8]
Graph SmallNetwork() {
  return GraphBuilder()
      .Input("image", {1, 3, 16, 16})
      .Conv("conv", "image", 8, {.kernel = 3, .pad = 1})
      .GlobalAveragePool("pool", "conv")
      .Flatten("features", "pool")
      .Output("features")
      .Build();
}

Bundle SmallBundle() {
  Bundle bundle;
  bundle.name = "small";
  bundle.preprocess.width = 16;
  bundle.preprocess.height = 16;
  return bundle;
}

absl::StatusOr<std::shared_ptr<const Model>> Make(const Bundle& bundle) {
  return MakeModel(bundle, SmallNetwork(), kExact);
}

TEST(Model, ResolvesNamesAndAliases) {
  Bundle bundle = SmallBundle();
  bundle.aliases = {{"embedding", "features"}};
  ASSERT_OK_AND_ASSIGN(const auto model, Make(bundle));
  ASSERT_OK_AND_ASSIGN(const LayerInfo* by_alias, model->ResolveLayer("embedding"));
  EXPECT_EQ(by_alias->name, "features");
  ASSERT_OK_AND_ASSIGN(const LayerInfo* by_name, model->ResolveLayer("conv"));
  EXPECT_EQ(by_name->channels, 8);
}

TEST(Model, OffersTheNearestNameForAnUnknownLayer) {
  Bundle bundle = SmallBundle();
  bundle.aliases = {{"embedding", "features"}};
  ASSERT_OK_AND_ASSIGN(const auto model, Make(bundle));
  EXPECT_THAT(model->ResolveLayer("feature"),
              StatusIs(absl::StatusCode::kInvalidArgument, AllOf(HasSubstr("'small'"), HasSubstr("got 'feature'"),
                                                                 HasSubstr("nearest name is 'features'"))));
  EXPECT_THAT(model->ResolveLayer("embeddings"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("'embedding'")));
}

TEST(Model, TellsLittleOfAHostileName) {
  ASSERT_OK_AND_ASSIGN(const auto model, Make(SmallBundle()));
  const absl::Status status = model->ResolveLayer(std::string(1'000'000, '\n')).status();
  EXPECT_LT(status.message().size(), 500U);
  EXPECT_EQ(status.message().find('\n'), absl::string_view::npos);
}

TEST(Model, ReturnsTheLastOutputWhereTheConfigNamesNone) {
  ASSERT_OK_AND_ASSIGN(const auto model, Make(SmallBundle()));
  EXPECT_THAT(model->DefaultLayers(), ElementsAre("features"));
}

TEST(Model, ReturnsTheConfigsDefaultLayersWithAliasesResolved) {
  Bundle bundle = SmallBundle();
  bundle.aliases = {{"embedding", "features"}};
  bundle.default_layers = {"embedding", "conv"};
  ASSERT_OK_AND_ASSIGN(const auto model, Make(bundle));
  EXPECT_THAT(model->DefaultLayers(), ElementsAre("features", "conv"));
}

TEST(Model, FindsTheReductionStoredForALayer) {
  Bundle bundle = SmallBundle();
  bundle.reductions.push_back(
      std::make_shared<const Reduction>(Reduction{.name = "pca",
                                                  .layer = "conv",
                                                  .weights = *Tensor::Create(DataType::kFloat32, {4, 8}),
                                                  .bias = {},
                                                  .explained_variance = {}}));
  ASSERT_OK_AND_ASSIGN(const auto model, Make(bundle));
  EXPECT_EQ(model->StoredReduction("conv"), bundle.reductions[0]);
  EXPECT_EQ(model->StoredReduction("features"), nullptr);
}

TEST(MakeModel, RefusesConfigsThatNameWhatIsNotThere) {
  Bundle bundle = SmallBundle();
  bundle.default_layers = {"featurs"};
  EXPECT_THAT(Make(bundle), StatusIs(absl::StatusCode::kInvalidArgument,
                                     AllOf(HasSubstr("default_layers"), HasSubstr("'features'"))));

  bundle = SmallBundle();
  bundle.aliases = {{"a", "nothing"}};
  EXPECT_THAT(Make(bundle), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("aliases: layer of 'a'")));
  bundle.aliases = {{"conv", "features"}};
  EXPECT_THAT(Make(bundle), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("'conv', which is a layer itself")));

  bundle = SmallBundle();
  bundle.goldens.push_back({.image = "cat.png", .layer = "pol", .output = "cat.npy"});
  EXPECT_THAT(Make(bundle),
              StatusIs(absl::StatusCode::kInvalidArgument, AllOf(HasSubstr("goldens"), HasSubstr("'pool'"))));
}

TEST(MakeModel, RefusesAReductionOverOtherChannels) {
  Bundle bundle = SmallBundle();
  bundle.reductions.push_back(
      std::make_shared<const Reduction>(Reduction{.name = "pca",
                                                  .layer = "conv",
                                                  .weights = *Tensor::Create(DataType::kFloat32, {4, 9}),
                                                  .bias = {},
                                                  .explained_variance = {}}));
  EXPECT_THAT(Make(bundle), StatusIs(absl::StatusCode::kInvalidArgument,
                                     AllOf(HasSubstr("'pca'"), HasSubstr("want weights [K, 8]"), HasSubstr("[4, 9]"))));
}

TEST(MakeModel, RefusesNetworksThatTakeNoPicture) {
  const auto gray = GraphBuilder().Input("x", {1, 1, 16, 16}).Relu("y", "x").Output("y").Build();
  EXPECT_THAT(MakeModel(SmallBundle(), gray, kExact),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("input 'x': want float32 [N, 3, height, width]")));
  const auto last = GraphBuilder().Input("x", {1, 16, 16, 3}).Relu("y", "x").Output("y").Build();
  EXPECT_THAT(MakeModel(SmallBundle(), last, kExact),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("[1, 16, 16, 3]")));
  const auto two =
      GraphBuilder().Input("x", {1, 3, 16, 16}).Input("t", {1, 3, 16, 16}).Add("y", "x", "t").Output("y").Build();
  EXPECT_THAT(MakeModel(SmallBundle(), two, kExact),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("got also 't'")));
  EXPECT_THAT(MakeModel(SmallBundle(), Graph(), kExact),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("got none")));
}

TEST(MakeModel, KeepsMeasuredChoicesUnderTheHashOfTheBundle) {
  const TemporaryFolder folder;
  Bundle bundle = SmallBundle();
  bundle.sha256 = "f00d";
  const Graph network = GraphBuilder()
                            .Input("image", {1, 3, 16, 16})
                            .Conv("stem", "image", 8, {.kernel = 3, .pad = 1})
                            .Conv("conv", "stem", 8, {.kernel = 3, .pad = 1})
                            .Output("conv")
                            .Build();
  ASSERT_OK_AND_ASSIGN(const auto model,
                       MakeModel(bundle, network, {.kernel_cache = OpenKernelCache(folder.path(), nullptr)}));
  ASSERT_THAT(model->compiled->PlanFor({.layers = {{"conv"}}, .height = 16, .width = 16}), IsOk());
  EXPECT_EQ(model->compiled->convs_measured(), 2);
  EXPECT_TRUE(std::filesystem::exists(folder / "f00d.choices"));
}

// A maximum or an activation may lose NaN, so that what comes out looks right.
TEST(Model, WantsWeightsThatAreFinite) {
  ConvAttributes pointwise;
  pointwise.window = {{1, 1}, {1, 1}, {1, 1}, {0, 0}, {0, 0}, Window::AutoPad::kExplicit};
  for (const float wrong : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    Tensor weights = *Tensor::Create(DataType::kFloat32, {4, 3, 1, 1});
    std::fill_n(weights.As<float>(), weights.elements(), 0.5F);
    weights.As<float>()[7] = wrong;
    const Graph network = GraphBuilder()
                              .Input("image", {1, 3, 16, 16})
                              .Constant("weights", std::move(weights))
                              .Node(OpType::kConv, {"conv"}, {"image", "weights"}, pointwise)
                              .Relu("relu", "conv")
                              .Output("relu")
                              .Build();
    EXPECT_THAT(MakeModel(SmallBundle(), network, kExact),
                StatusIs(absl::StatusCode::kInvalidArgument, AllOf(HasSubstr("'weights'"), HasSubstr("element 7"))));
  }
}

template <typename T>
absl::Status LoadedWith(DataType type, T right, T wrong) {
  Tensor bias = *Tensor::Create(type, {3, 1, 1});
  std::fill_n(bias.As<T>(), bias.elements(), right);
  bias.As<T>()[1] = wrong;
  const Graph network = GraphBuilder()
                            .Input("image", {1, 3, 16, 16})
                            .Constant("bias", std::move(bias))
                            .Node(OpType::kCast, {"numbers"}, {"bias"}, CastAttributes{DataType::kFloat32})
                            .Add("sum", "image", "numbers")
                            .Output("sum")
                            .Build();
  return MakeModel(SmallBundle(), network, kExact).status();
}

TEST(Model, WantsWeightsThatAreFiniteInEveryType) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  for (const absl::Status& status :
       {LoadedWith<double>(DataType::kFloat64, 0.5, kInfinity),
        LoadedWith<Float16>(DataType::kFloat16, ToFloat16(0.5F), ToFloat16(INFINITY)),
        LoadedWith<BFloat16>(DataType::kBFloat16, ToBFloat16(0.5F), ToBFloat16(INFINITY))}) {
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument,
                                 AllOf(HasSubstr("weights 'bias': want finite numbers"), HasSubstr("element 1"))));
  }
}

TEST(MakeModel, RefusesANetworkThatDoesNotLookAtItsPicture) {
  const Graph network = GraphBuilder()
                            .Input("image", {1, 3, 16, 16})
                            .RandomConstant("c", {1, 3, 16, 16}, -1.0F, 1.0F)
                            .Relu("y", "c")
                            .Output("y")
                            .Build();
  EXPECT_THAT(
      MakeModel(SmallBundle(), network, kExact),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("want layers that depend on the image, got none")));
}

// Found by what protobuf printed while bundle_config was fuzzed: of a server with such a model no client could read the
// list of its models.
TEST(MakeModel, RefusesTextsThatAreNoUtf8) {
  const std::string wrong = "caf\xe9";
  const auto refuses = [&](const std::string& what, const Bundle& bundle) {
    EXPECT_THAT(Make(bundle),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(what + ": want UTF-8, got 'caf\\xe9'")));
  };
  Bundle bundle = SmallBundle();
  bundle.name = wrong;
  refuses("name of the bundle", bundle);
  bundle = SmallBundle();
  bundle.description = wrong;
  refuses("description", bundle);
  bundle = SmallBundle();
  bundle.license = wrong;
  refuses("license", bundle);
  bundle = SmallBundle();
  bundle.aliases = {{wrong, "features"}};
  refuses("aliases: alias", bundle);
  bundle = SmallBundle();
  bundle.reductions.push_back(
      std::make_shared<const Reduction>(Reduction{.name = wrong,
                                                  .layer = "conv",
                                                  .weights = *Tensor::Create(DataType::kFloat32, {4, 8}),
                                                  .bias = {},
                                                  .explained_variance = {}}));
  refuses("reductions: name", bundle);
  bundle = SmallBundle();
  bundle.description = "caf\xc3\xa9";
  EXPECT_THAT(Make(bundle), IsOk());
  const Graph network = GraphBuilder().Input("image", {1, 3, 16, 16}).Relu(wrong, "image").Output(wrong).Build();
  EXPECT_THAT(MakeModel(SmallBundle(), network, kExact),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("name of a layer: want UTF-8, got 'caf\\xe9'")));
}

TEST(LoadModel, NamesTheBundleWhoseModelIsBroken) {
  const TemporaryFolder folder;
  testing::WriteBundleFiles(folder, "net", testing::kLeastConfig);  // its model.onnx says "abc"
  EXPECT_THAT(LoadModel(folder / "net", PrecisionChoice::kAuto, kExact),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("net/model.onnx")));
}

TEST(LoadModel, PassesOnThatThereIsNoBundle) {
  EXPECT_THAT(LoadModel("/nowhere", PrecisionChoice::kAuto, kExact),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("/nowhere")));
}

}  // namespace
}  // namespace onebyone
