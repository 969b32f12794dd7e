#include "client/commands/similar.h"

#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
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
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

// The fake answers every feature with 12 numbers.
v1::GetModelResponse FakeModel(int channels) {
  v1::GetModelResponse model;
  model.mutable_summary()->set_name("fake");
  model.mutable_summary()->set_version(3);
  model.mutable_summary()->add_default_layers("pool");
  v1::Layer& layer = *model.add_layers();
  layer.set_name("pool");
  layer.add_aliases("features");
  layer.set_channels(channels);
  layer.set_height(100);
  layer.set_width(100);
  return model;
}

class SimilarTest : public ::testing::Test {
 protected:
  SimilarTest() { server_.features().model_by_name[""] = FakeModel(12); }

  ProgramRun Similar(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"similar", "--server", server_.target()});
    return RunOnebyone(arguments);
  }
  void WriteImages(int count) {
    for (int i = 0; i < count; ++i)
      folder_.Write(absl::StrCat("in/", i, ".jpg"), std::string(1, static_cast<char>('a' + i)));
  }

  FakeServer server_;
  const ScratchFolder folder_;
};

TEST_F(SimilarTest, PrintsTheNearestOfEachAndCountsOnStandardError) {
  WriteImages(3);
  const ProgramRun run = Similar({"--neighbours", "1", folder_ / "in"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.out, AllOf(StartsWith("IMAGE"), HasSubstr(folder_ / "in/0.jpg"), HasSubstr("COSINE")));
  EXPECT_THAT(run.err, HasSubstr("3 images compared, 0 failed; pool of fake version 3, 12 numbers an image"));
}

TEST_F(SimilarTest, AsksForTheDefaultLayerPooledToOneCell) {
  WriteImages(2);
  EXPECT_EQ(Similar({folder_ / "in"}).exit_code, 0);
  ASSERT_THAT(server_.features().Requests(), SizeIs(1));
  const v1::FeatureRequest feature = server_.features().Requests()[0].features(0);
  EXPECT_EQ(server_.features().Requests()[0].version(), 3);  // all images by the version that was described
  EXPECT_EQ(feature.layer(), "pool");
  EXPECT_EQ(feature.pooling().kind(), v1::Pooling::AVERAGE);
  EXPECT_EQ(feature.pooling().grid_height(), 0);
}

TEST_F(SimilarTest, AsksForWhatTheFlagsSay) {
  WriteImages(2);
  const ProgramRun run = Similar({"--layer", "features", "--channels", "3", "--pooling", "max:2x2", folder_ / "in"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  const v1::FeatureRequest feature = server_.features().Requests()[0].features(0);
  EXPECT_EQ(feature.layer(), "features");
  EXPECT_EQ(feature.channels(), 3);
  EXPECT_EQ(feature.pooling().kind(), v1::Pooling::MAX);
  EXPECT_EQ(feature.pooling().grid_width(), 2);
}

TEST_F(SimilarTest, SendsManyImagesInBoundedRequests) {
  WriteImages(20);
  EXPECT_EQ(Similar({"--batch", "4", folder_ / "in"}).exit_code, 0);
  // Requests take turns at the images, so that some may get the fewer that are left.
  int images = 0;
  for (const v1::ExtractFeaturesRequest& request : server_.features().Requests()) {
    EXPECT_LE(request.images_size(), 4);
    images += request.images_size();
  }
  EXPECT_EQ(images, 20);
}

TEST_F(SimilarTest, LeavesOutBrokenImagesAndFailsInPart) {
  WriteImages(2);
  folder_.Write("in/x.jpg", "broken");
  const ProgramRun run = Similar({"--json", folder_ / "in"});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.err,
              AllOf(HasSubstr("onebyone similar: "), HasSubstr("x.jpg"), HasSubstr("2 images compared, 1 failed")));
  EXPECT_THAT(run.out, HasSubstr("\"reason\": \"want JPEG, got rubbish\""));
}

TEST_F(SimilarTest, TakesEqualNamesOfSeveralFolders) {
  WriteImages(1);
  folder_.Write("more/0.jpg", "a");
  const ProgramRun run = Similar({"--csv", folder_ / "in", folder_ / "more"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.out, HasSubstr(absl::StrCat(folder_ / "in/0.jpg", ",1,", folder_ / "more/0.jpg", ",1.000000")));
}

TEST_F(SimilarTest, DrawsASheetOnWhichWhatCannotBeDrawnIsGrey) {
  WriteImages(2);
  const ProgramRun run =
      Similar({"--output", folder_ / "sheet.png", folder_ / "in", absl::StrCat(SourceFolder(), "/deploy/samples")});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.err, HasSubstr("-> "));
  EXPECT_THAT(folder_.Read("sheet.png"), StartsWith("\x89PNG"));
}

TEST_F(SimilarTest, NeedsTwoImages) {
  std::string empty = folder_ / "empty";
  std::filesystem::create_directory(empty);
  ProgramRun run = Similar({empty});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.err, AllOf(HasSubstr("got 0 other files"), HasSubstr("want at least 2 images to compare, got 0")));
  WriteImages(1);
  run = Similar({folder_ / "in"});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.err, HasSubstr("want at least 2 images to compare, got 1"));
  folder_.Write("in/x.jpg", "broken");
  run = Similar({folder_ / "in"});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.err, HasSubstr("want at least 2 images with features, got: 1 image compared, 1 failed"));
  EXPECT_THAT(run.out, IsEmpty());
}

TEST_F(SimilarTest, NamesALayerThatIsUnknown) {
  WriteImages(2);
  const ProgramRun run = Similar({"--layer", "pol", folder_ / "in"});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.err, HasSubstr("want a layer of model 'fake', got 'pol'; the nearest name is 'pool'"));
  EXPECT_THAT(server_.features().Requests(), IsEmpty());
}

TEST_F(SimilarTest, NamesAModelThatIsUnknownAndAServerThatRefuses) {
  WriteImages(2);
  EXPECT_THAT(Similar({"--model", "none", folder_ / "in"}).err, HasSubstr("no model 'none'"));
  server_.features().before = [](auto&, const auto&, int) {
    return BadRequestStatus("wrong", "features[0]", "too much");
  };
  const ProgramRun run = Similar({folder_ / "in"});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.err, HasSubstr("too much"));
}

TEST_F(SimilarTest, RefusesFeaturesThatAreTooLargeBeforeItAsks) {
  server_.features().model_by_name[""] = FakeModel(100'000);
  WriteImages(2);
  const ProgramRun run = Similar({"--pooling", "none", folder_ / "in"});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.err, HasSubstr("features: want at most 1073741824 bytes, got 2 images of 1000000000 numbers"));
  EXPECT_THAT(Similar({"--pooling", "2147483647x2147483647", folder_ / "in"}).err, HasSubstr("features: want at most"));
  EXPECT_THAT(server_.features().Requests(), IsEmpty());
}

TEST_F(SimilarTest, RefusesMoreNeighboursThanItsAnswerHolds) {
  WriteImages(1);
  for (int i = 0; i < 10'000; ++i)
    std::filesystem::create_symlink("0.jpg", folder_ / absl::StrCat("in/link", i, ".jpg"));
  const ProgramRun run = Similar({"--neighbours", "100", folder_ / "in"});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.err, HasSubstr("want at most 1000000 neighbours in all, got 10001 images with 100 each"));
  EXPECT_THAT(server_.features().Requests(), IsEmpty());
}

TEST_F(SimilarTest, FailsImagesWhoseFeaturesHaveAnotherSize) {
  server_.features().model_by_name[""] = FakeModel(13);
  WriteImages(2);
  const ProgramRun run = Similar({folder_ / "in"});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.err, HasSubstr("want 13 numbers, got 12"));
}

TEST_F(SimilarTest, ShowsABarOnATerminal) {
  WriteImages(20);
  Cancellation never;
  const ProgramRun run = RunOnebyone({"similar", "--server", server_.target(), folder_ / "in"}, "", &never, 80);
  EXPECT_EQ(run.exit_code, 0);
  EXPECT_THAT(run.err, HasSubstr("\r\x1b[K"));
  EXPECT_THAT(run.out, Not(HasSubstr("\r")));
}

TEST_F(SimilarTest, EndsEarlyWhenInterrupted) {
  WriteImages(2);
  Cancellation interruption;
  interruption.Cancel();
  const ProgramRun run = RunOnebyone({"similar", "--server", server_.target(), folder_ / "in"}, "", &interruption);
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.out, IsEmpty());
}

}  // namespace
}  // namespace onebyone
