#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "tests/workbench/program_fixture.h"
#include "tests/workbench/small_pictures.h"

namespace onebyone::testing {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;

class FitReductionTest : public TinyBundleTest {
 protected:
  FitReductionTest() { WriteSmallPictures(folder_, "pictures", 6); }

  ProgramRun Fit(const std::vector<std::string>& more) const {
    std::vector<std::string> arguments = {"fit-reduction", "--bundle", bundle_, "--images", pictures_};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Workbench(arguments);
  }
  // Names and contents.
  std::map<std::string, std::string> Bundle() const {
    std::map<std::string, std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(bundle_)) {
      files[entry.path().filename().string()] = ReadWhole(entry.path().string());
    }
    return files;
  }

  const std::string pictures_ = folder_ / "pictures";
};

TEST_F(FitReductionTest, StoresWhatInspectThenShowsAndRunUses) {
  const ProgramRun fit = Fit({"--layer", "block/output", "--layer", "3x3_reduce,features"});
  ASSERT_THAT(fit, Succeeds());
  EXPECT_THAT(fit.out, AllOf(HasSubstr("pca(block/output): 3 of 4 channels, from "), HasSubstr("pixels of 6 pictures"),
                             HasSubstr("variance kept"), HasSubstr("reductions.textproto")));
  const ProgramRun inspect = Workbench({"inspect", "--bundle", bundle_});
  ASSERT_THAT(inspect, Succeeds());
  EXPECT_THAT(inspect.out,
              ContainsRegex("reduction +pca\\(block/output\\): block/output, 4 channels to at most 3, fitted on 6 "
                            "pictures, variance kept: "));
  const auto json = ParseJson(Workbench({"inspect", "--bundle", bundle_, "--json"}).out);
  ASSERT_EQ(json.fields().at("reductions").list_value().values_size(), 3);
  const auto& first = json.fields().at("reductions").list_value().values(0).struct_value();
  EXPECT_EQ(StringIn(first, "layer"), "block/output");
  EXPECT_EQ(first.fields().at("explained_variance").list_value().values_size(), 3);
  const std::string cat = CatPicture();
  const ProgramRun run = Workbench(
      {"run", "--bundle", bundle_, "--layer", "block/output", "--channels", "2", "--output", folder_ / "out", cat});
  EXPECT_THAT(run, Succeeds());
}

TEST_F(FitReductionTest, GivesTheSameFilesWhenRunAgainAndForAnyNumberOfThreads) {
  ASSERT_THAT(Fit({"--layer", "block/output", "--threads", "1"}), Succeeds());
  const auto first = Bundle();
  EXPECT_FALSE(first.contains("reduction_fit.checkpoint"));
  for (const char* threads : {"1", "4"}) {
    ASSERT_THAT(Fit({"--layer", "block/output", "--threads", threads}), Succeeds());
    EXPECT_EQ(Bundle(), first) << threads;
  }
}

TEST_F(FitReductionTest, StoresTheFirstRowsOfTheSameFitWhereFewerAreAsked) {
  const auto json = [&](const std::vector<std::string>& arguments) {
    return ParseJson(Fit(arguments).out).fields().at("layers").list_value().values(0).struct_value();
  };
  const auto all = json({"--layer", "block/output", "--json"});
  const auto two = json({"--layer", "block/output", "--json", "--max-channels", "2"});
  EXPECT_EQ(NumberIn(all, "max_channels"), 3);
  EXPECT_EQ(NumberIn(two, "max_channels"), 2);
  const auto row = [](const auto& layer, int i) {
    return layer.fields().at("rows").list_value().values(i).struct_value();
  };
  EXPECT_EQ(NumberIn(row(two, 1), "channels"), 2);
  EXPECT_EQ(NumberIn(row(two, 1), "explained_variance"), NumberIn(row(all, 1), "explained_variance"));
  EXPECT_THAT(Workbench({"run", "--bundle", bundle_, "--layer", "block/output", "--reduction-name", "pca(block/output)",
                         "--channels", "3", "--output", folder_ / "out", CatPicture()}),
              Ends(1, HasSubstr("channels: want 1 to 2 of reduction 'pca(block/output)'")));
}

TEST_F(FitReductionTest, CountsAndListsFilesThatAreNoPictures) {
  const std::string text = folder_.Write("pictures/manifest.csv", "name,width\n");
  const std::string cut = folder_.Write("pictures/cut.jpg", ReadWhole(CatPicture()).substr(0, 300));
  const ProgramRun fit = Fit({"--layer", "block/output"});
  EXPECT_THAT(fit, Ends(0, AllOf(HasSubstr("skipped 2 of 8 files"), HasSubstr(text + ": "), HasSubstr(cut + ": "))));
  EXPECT_THAT(fit.out, HasSubstr("6 pictures"));
}

TEST_F(FitReductionTest, SaysWhatIsWrongAndWritesNothing) {
  const auto before = Bundle();
  std::filesystem::create_directories(folder_ / "empty");
  const auto with_images = [&](const std::string& images) {
    return Workbench({"fit-reduction", "--bundle", bundle_, "--layer", "block/output", "--images", images});
  };
  EXPECT_THAT(with_images(folder_ / "empty"), Ends(1, HasSubstr("want at least one picture in ")));
  EXPECT_THAT(with_images("/nowhere"), Ends(1, HasSubstr("want a folder of pictures, got /nowhere")));
  folder_.Write("broken/a.jpg", "no picture");
  EXPECT_THAT(with_images(folder_ / "broken"),
              Ends(1, AllOf(HasSubstr("skipped 1 of 1"), HasSubstr("1 files that are none"))));
  EXPECT_THAT(Fit({"--layer", "block/outptu"}), Ends(1, HasSubstr("the nearest name is 'block/output'")));
  EXPECT_THAT(Fit({"--layer", "block/output", "--max-channels", "4"}),
              Ends(1, HasSubstr("--max-channels: want at most 3 for layer 'block/output', which has 4, got 4")));
  EXPECT_EQ(Bundle(), before);
}

TEST_F(FitReductionTest, LeavesWhatTheConfigHoldsToPeople) {
  folder_.Write("tiny/w.npy", FloatNpy({1, 4}, {1, 2, 3, 4}));
  folder_.Write("tiny/model_config.textproto",
                ReadWhole(bundle_ + "/model_config.textproto") +
                    "reductions { name: 'mine' layer: 'block/output' weights: 'w.npy' }\n");
  EXPECT_THAT(Fit({"--layer", "block/output"}),
              Ends(1, HasSubstr("model_config.textproto holds reduction 'mine' for it")));
}

TEST_F(FitReductionTest, BeginsAnewWhereTheCheckpointIsOfAnotherFit) {
  folder_.Write("tiny/reduction_fit.checkpoint", "no checkpoint");
  EXPECT_THAT(Fit({"--layer", "block/output"}), Ends(0, HasSubstr("beginning anew")));
  EXPECT_FALSE(Bundle().contains("reduction_fit.checkpoint"));
}

}  // namespace
}  // namespace onebyone::testing
