#include "client/commands/view.h"

#include <gmock/gmock.h>

#include "tests/client/fake_server.h"
#include "tests/client/run_program.h"
#include "tests/client/scratch_folder.h"
#include "tests/testing/folders.h"

namespace onebyone {
namespace {

using ::onebyone::testing::BadRequestStatus;
using ::onebyone::testing::FakeServer;
using ::onebyone::testing::ProgramRun;
using ::onebyone::testing::RunOnebyone;
using ::onebyone::testing::ScratchFolder;
using ::onebyone::testing::SourceFolder;
using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

class ViewTest : public ::testing::Test {
 protected:
  ProgramRun View(std::vector<std::string> arguments, const std::string& standard_input = "") {
    arguments.insert(arguments.begin(), {"view", "--server", server_.target(), "--output", folder_ / "view.png"});
    return RunOnebyone(arguments, standard_input);
  }
  const std::string photograph_ = absl::StrCat(SourceFolder(), "/deploy/samples/coffee.jpg");
  FakeServer server_;
  const ScratchFolder folder_;
};

TEST_F(ViewTest, WritesAPng) {
  const ProgramRun run = View({"--layer", "inception_3a/output", "--channels", "3", photograph_});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.out, AllOf(HasSubstr("inception_3a/output [3, 2, 2] float32"), HasSubstr("view.png")));
  EXPECT_THAT(folder_.Read("view.png"), StartsWith("\x89PNG"));
  ASSERT_THAT(server_.features().Requests(), SizeIs(1));
  EXPECT_EQ(server_.features().Requests()[0].features(0).channels(), 3);
}

TEST_F(ViewTest, DrawsSeveralLayersSideBySide) {
  const ProgramRun run = View({"--layer", "conv", "--layer", "pool", photograph_});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.out,
              AllOf(HasSubstr("conv [3, 2, 2] float32"), HasSubstr("pool [3, 2, 2] float32"), HasSubstr("view.png")));
  EXPECT_THAT(folder_.Read("view.png"), StartsWith("\x89PNG"));
  EXPECT_EQ(server_.features().Requests()[0].features_size(), 2);
}

// "fitted" has stored components, "plain" has not; many more layers than one request asks for.
v1::GetModelResponse ModelWithLayers() {
  v1::GetModelResponse model;
  model.mutable_summary()->set_name("fake");
  model.mutable_summary()->set_version(3);
  for (int i = 0; i < 30; ++i) {
    v1::Layer& layer = *model.add_layers();
    layer.set_name(i == 0 ? "fitted" : i == 1 ? "plain" : absl::StrCat("layer", i));
    layer.set_channels(64);
  }
  v1::StoredReduction& fitted = *model.mutable_layers(0)->add_reductions();
  fitted.set_kind(v1::StoredReduction::FITTED);
  fitted.set_max_channels(64);
  return model;
}

class ViewOfModelTest : public ViewTest {
 protected:
  ViewOfModelTest() {
    server_.features().model_by_name[""] = ModelWithLayers();
    server_.features().after = [](v1::ExtractFeaturesResponse& response) {
      for (v1::FeatureMap& map : *response.mutable_results(0)->mutable_features()) map.set_reduction("pca(it)");
    };
  }
  ProgramRun ViewPage(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"view", "--server", server_.target(), "--html", folder_ / "view.html"});
    return RunOnebyone(arguments);
  }
};

TEST_F(ViewOfModelTest, ColoursByTheStoredComponentsWhereThereAreAny) {
  const ProgramRun run = View({"--rgb", "--layer", "plain", "--layer", "fitted", photograph_});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.out,
              AllOf(ContainsRegex("plain .*no reduction is fitted: colours by the components of this map alone"),
                    ContainsRegex("fitted .*colours by pca.it.")));
  ASSERT_THAT(server_.features().Requests(), SizeIs(1));
  const v1::ExtractFeaturesRequest request = server_.features().Requests()[0];
  ASSERT_EQ(request.features_size(), 3);
  EXPECT_EQ(request.features(0).channels(), 0);
  EXPECT_EQ(request.features(2).layer(), "fitted");
  EXPECT_EQ(request.features(2).channels(), 3);
  EXPECT_EQ(request.features(2).reduction(), v1::STORED);
  EXPECT_EQ(request.version(), 3);  // the one that was described
}

TEST_F(ViewOfModelTest, WritesAPageOfAllLayersAndTellsItsSize) {
  const ProgramRun run = ViewPage({"--all-layers", photograph_});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.out, ContainsRegex("30 layers, [0-9]+ kB -> .*view.html"));
  EXPECT_THAT(folder_.Read("view.html"), AllOf(HasSubstr("<h2>fitted</h2>"), HasSubstr("<h2>layer29</h2>")));
  for (const v1::ExtractFeaturesRequest& request : server_.features().Requests())
    EXPECT_LE(request.features_size(), 16);
}

TEST_F(ViewOfModelTest, NamesALayerThatTheModelHasNot) {
  const ProgramRun run = ViewPage({"--layer", "plan", photograph_});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.err, HasSubstr("the nearest name is 'plain'"));
  EXPECT_THAT(folder_.Read("view.html"), IsEmpty());
}

TEST_F(ViewOfModelTest, RefusesOptionsThatDoNotGoTogether) {
  EXPECT_EQ(View({"--all-layers", photograph_}).exit_code, 2);
  EXPECT_EQ(View({photograph_}).exit_code, 2);
  EXPECT_EQ(ViewPage({photograph_}).exit_code, 2);
  EXPECT_EQ(ViewPage({"--all-layers", "--layer", "plain", photograph_}).exit_code, 2);
  EXPECT_EQ(ViewPage({"--all-layers", "--output", "o.png", photograph_}).exit_code, 2);
  EXPECT_EQ(ViewPage({"--all-layers", "--channels", "3", photograph_}).exit_code, 2);
  EXPECT_EQ(View({"--rgb", "--layer", "plain", "--seed", "1", photograph_}).exit_code, 2);
  EXPECT_THAT(server_.features().Requests(), IsEmpty());
}

TEST_F(ViewTest, RefusesMoreLayersThanAPictureShows) {
  std::vector<std::string> arguments = {photograph_};
  for (int i = 0; i < 25; ++i) arguments.insert(arguments.begin(), {"--layer", absl::StrCat("l", i)});
  const ProgramRun run = View(arguments);
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_THAT(run.err, HasSubstr("--layer: want at most 24 on a picture, got 25"));
}

TEST_F(ViewTest, TakesStandardInput) {
  std::ifstream stream(photograph_, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(stream), {}};
  EXPECT_EQ(View({"--layer", "l", "-"}, bytes).exit_code, 0);
  EXPECT_THAT(folder_.Read("view.png"), StartsWith("\x89PNG"));
}

TEST_F(ViewTest, NamesWhatTheServerRefuses) {
  server_.features().before = [](auto&, const auto&, int) {
    return BadRequestStatus("wrong", "features[0].layer", "no such");
  };
  const ProgramRun run = View({"--layer", "l", photograph_});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.err, AllOf(HasSubstr("coffee.jpg"), HasSubstr("no such")));
}

TEST_F(ViewTest, NamesABrokenImage) {
  const ProgramRun run = View({"--layer", "l", folder_.Write("b.jpg", "broken")});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.err, AllOf(HasSubstr("b.jpg"), HasSubstr("want JPEG")));
}

TEST_F(ViewTest, NamesAnImageThatItCannotDraw) {
  const ProgramRun run = View({"--layer", "l", folder_.Write("a.jpg", "the server likes this")});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.err, AllOf(HasSubstr("a.jpg"), HasSubstr("cannot be decoded")));
}

TEST_F(ViewTest, RefusesAGeometryThatIsNowhere) {
  server_.features().after = [](v1::ExtractFeaturesResponse& response) {
    response.mutable_results(0)->mutable_features(0)->clear_geometry();
  };
  const ProgramRun run = View({"--layer", "l", photograph_});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.err, HasSubstr("geometry: stride_y"));
}

}  // namespace
}  // namespace onebyone
