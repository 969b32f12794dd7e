#include "server/model_registry.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "server/model_description.h"
#include "tests/server/tiny_model.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::FolderOfBundles;
using ::onebyone::testing::LoadTinyModels;
using ::onebyone::testing::StatusIs;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

absl::StatusOr<std::unique_ptr<ModelRegistry>> Load(const std::vector<std::string>& names,
                                                    const std::string& default_model = "") {
  return ModelRegistry::Load(
      {.folder = FolderOfBundles(names), .default_model = default_model, .load = LoadTinyModels()});
}

TEST(ModelRegistry, ServesEveryBundleByTheNameOfItsFolder) {
  ASSERT_OK_AND_ASSIGN(const auto models, Load({"b", "a"}));
  ASSERT_EQ(models->entries().size(), 2U);
  EXPECT_EQ(models->entries()[0].name, "a");
  EXPECT_EQ(models->default_model(), "a");
  ASSERT_OK_AND_ASSIGN(const auto model, models->Find("b", 0));
  EXPECT_EQ(model->bundle.name, "b");
}

TEST(ModelRegistry, AVersionFolderIsNotTheName) {
  const std::string folder = FolderOfBundles({});
  std::filesystem::create_directories(folder + "/net/12");
  std::ofstream(folder + "/net/12/model.onnx") << "x";
  ASSERT_OK_AND_ASSIGN(const auto models, ModelRegistry::Load({.folder = folder + "/", .load = LoadTinyModels()}));
  EXPECT_EQ(models->entries()[0].name, "net");
}

TEST(ModelRegistry, ABrokenBundleLeavesTheOthersServing) {
  ASSERT_OK_AND_ASSIGN(const auto models, Load({"broken", "good"}));
  EXPECT_EQ(models->default_model(), "good");
  EXPECT_THAT(models->Find("broken", 0).status(),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("broken is broken")));
  EXPECT_THAT(models->Find("good", 0), ::onebyone::testing::IsOk());
  const v1::ModelSummary summary = Summarize(models->entries()[0], *models->models());
  EXPECT_FALSE(summary.ready());
  EXPECT_THAT(summary.message(), HasSubstr("broken is broken"));
}

TEST(ModelRegistry, ABundleThatThrowsIsABrokenBundle) {
  const auto models = ModelRegistry::Load(
      {.folder = FolderOfBundles({"a"}),
       .load = [](const auto&, const auto&, const auto&) -> absl::StatusOr<std::shared_ptr<const Model>> {
         throw std::bad_alloc();
       }});
  EXPECT_THAT(models.status(), StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("a: loading")));
}

TEST(ModelRegistry, DoesNotStartWithoutAModel) {
  EXPECT_THAT(Load({}).status(), StatusIs(absl::StatusCode::kNotFound, HasSubstr("--models")));
  EXPECT_THAT(
      Load({"broken_a", "broken_b"}).status(),
      StatusIs(absl::StatusCode::kFailedPrecondition, AllOf(HasSubstr("broken_a is"), HasSubstr("broken_b is"))));
  EXPECT_THAT(ModelRegistry::Load({.folder = "/no/such/folder"}).status(),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("/no/such/folder")));
}

TEST(ModelRegistry, SaysWhereTheFolderIsABundleItself) {
  const std::string folder = FolderOfBundles({"a"});
  EXPECT_THAT(ModelRegistry::Load({.folder = folder + "/a", .load = LoadTinyModels()}).status(),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("the folder above")));
}

TEST(ModelRegistry, TheDefaultModelIsTheOneAskedFor) {
  ASSERT_OK_AND_ASSIGN(const auto models, Load({"a", "b"}, "b"));
  ASSERT_OK_AND_ASSIGN(const auto model, models->Find("", 0));
  EXPECT_EQ(model->bundle.name, "b");
  EXPECT_THAT(Load({"a", "b"}, "c").status(), StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("got 'c'")));
}

TEST(Describe, TellsThePrecisionsThatTheCalibrationMeasured) {
  Model model = *::onebyone::testing::TinyModel();
  Calibration calibration;
  calibration.fidelities = {{.precision = Precision::kInt8, .pooled_cosine = 0.995},
                            {.precision = Precision::kBFloat16, .pooled_cosine = 0.9999}};
  model.bundle.calibration = std::make_shared<const Calibration>(calibration);
  const v1::GetModelResponse response = Describe(model, {}, 1000);
  ASSERT_EQ(response.precisions_size(), 3);
  EXPECT_EQ(response.precisions(0).name(), "f32");
  EXPECT_EQ(response.precisions(0).cosine_to_float32(), 1);
  EXPECT_TRUE(response.precisions(0).active());
  EXPECT_EQ(response.precisions(1).name(), "int8");
  EXPECT_EQ(response.precisions(1).cosine_to_float32(), 0.995);
  EXPECT_FALSE(response.precisions(1).active());
  EXPECT_EQ(response.precisions(2).name(), "bf16");
  EXPECT_EQ(response.precisions(2).cosine_to_float32(), 0.9999);
}

TEST(Describe, TellsEveryLayerInGraphOrder) {
  const std::shared_ptr<const Model> model = ::onebyone::testing::TinyModel();
  ModelEntry entry{.name = "tiny", .model = model};
  const v1::GetModelResponse response = Describe(*model, Summarize(entry, {.default_model = "tiny"}), 1000);
  EXPECT_TRUE(response.summary().is_default());
  EXPECT_TRUE(response.summary().ready());
  EXPECT_EQ(response.summary().version(), 3);
  EXPECT_THAT(response.summary().default_layers(), ElementsAre("embedding"));
  EXPECT_EQ(response.input().width(), 32);
  EXPECT_EQ(response.input().resize_shorter_side(), 36);
  EXPECT_EQ(response.input().color(), "rgb");
  EXPECT_EQ(response.input().resize_filter(), "antialias");
  EXPECT_EQ(response.sha256(), "5ha");
  ASSERT_EQ(response.precisions_size(), 1);
  EXPECT_EQ(response.precisions(0).name(), "f32");

  int at = 0;
  while (at < response.layers_size() && response.layers(at).name() != "block/output") ++at;
  ASSERT_LT(at, response.layers_size());
  const v1::Layer& layer = response.layers(at);
  EXPECT_EQ(response.layers(response.layers_size() - 1).name(), "flat");
  EXPECT_TRUE(response.layers(response.layers_size() - 1).is_vector());
  EXPECT_THAT(layer.aliases(), ElementsAre("features"));
  EXPECT_EQ(layer.channels(), 24);
  EXPECT_EQ(layer.height(), 16);
  EXPECT_EQ(layer.stride_x(), 2);
  EXPECT_EQ(layer.receptive_field_height(), 7);  // 3, then 3 more at stride 2
  EXPECT_EQ(layer.multiply_adds(), 16 * 16 * (16 * 27 + 16 * 16 + 8 * 16 * 9));
  EXPECT_EQ(layer.parameters(), 16 * 27 + 16 + 16 * 16 + 16 + 8 * 16 * 9 + 8);
  ASSERT_EQ(layer.reductions_size(), 2);
  EXPECT_EQ(layer.reductions(0).kind(), v1::StoredReduction::FITTED);
  EXPECT_EQ(layer.reductions(0).max_channels(), 6);
  EXPECT_EQ(layer.reductions(0).explained_variance(5), 0.95);
  EXPECT_EQ(layer.reductions(1).kind(), v1::StoredReduction::HEAD);
  EXPECT_EQ(layer.reductions(1).name(), "head");
  EXPECT_EQ(layer.reductions(1).max_channels(), 30);
}

}  // namespace
}  // namespace onebyone
