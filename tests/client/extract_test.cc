#include "client/commands/extract.h"

#include <gmock/gmock.h>

#include <cstring>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "engine/base/npy.h"
#include "tests/client/fake_server.h"
#include "tests/client/run_program.h"
#include "tests/client/scratch_folder.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::BadRequestStatus;
using ::onebyone::testing::FakeServer;
using ::onebyone::testing::KnownMap;
using ::onebyone::testing::ProgramRun;
using ::onebyone::testing::RunOnebyone;
using ::onebyone::testing::ScratchFolder;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Le;
using ::testing::Not;
using ::testing::SizeIs;

class ExtractTest : public ::testing::Test {
 protected:
  // `onebyone extract` with the server and the folder "out", and what else is told.
  ProgramRun Extract(std::vector<std::string> arguments, const std::string& standard_input = "",
                     Cancellation* interruption = nullptr, int err_columns = 0) {
    arguments.insert(arguments.begin(), {"extract", "--server", server_.target(), "--output", folder_ / "out"});
    return RunOnebyone(arguments, standard_input, interruption, err_columns);
  }

  NpyArray ReadArray(const std::string& name) {
    auto array = ParseNpy(folder_.Read(absl::StrCat("out/", name)));
    EXPECT_THAT(array, testing::IsOk()) << name;
    return array.ok() ? *std::move(array) : NpyArray();
  }

  FakeServer server_;
  const ScratchFolder folder_;
};

TEST_F(ExtractTest, WritesAMapForEachImageAndLayer) {
  const ProgramRun run = Extract({"--layer", "inception_3a/output", "--layer", "pool5", folder_.Write("x/cat.jpg", "a"),
                                  folder_.Write("dog.png", "b")});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.err, IsEmpty());
  EXPECT_THAT(run.out, AllOf(HasSubstr("2 images done, 0 failed; 4 maps"), HasSubstr("decode 2.00, network 4.00")));
  EXPECT_THAT(folder_.Names("out"), ElementsAre("cat.inception_3a_output.npy", "cat.pool5.npy",
                                                "dog.inception_3a_output.npy", "dog.pool5.npy"));
  const NpyArray array = ReadArray("dog.pool5.npy");
  EXPECT_EQ(array.descr, "<f4");
  EXPECT_THAT(array.shape, ElementsAre(3, 2, 2));
  EXPECT_EQ(array.content, KnownMap(v1::FeatureRequest(), 1, "b").content());
}

TEST_F(ExtractTest, AsksForWhatTheFlagsSay) {
  const ProgramRun run = Extract({"--model",
                                  "big",
                                  "--model-version",
                                  "7",
                                  "--layer",
                                  "l",
                                  "--channels",
                                  "32",
                                  "--type",
                                  "float16",
                                  "--pooling",
                                  "gem:2x3",
                                  "--normalize",
                                  "--layout",
                                  "hwc",
                                  "--reduction",
                                  "random",
                                  "--seed",
                                  "9",
                                  "--input-size",
                                  "letterbox",
                                  folder_.Write("a.jpg", "a")});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  ASSERT_THAT(server_.features().Requests(), SizeIs(1));
  v1::ExtractFeaturesRequest wanted;
  wanted.set_model("big");
  wanted.set_version(7);
  wanted.set_input_size(v1::LETTERBOX);
  wanted.add_images()->set_content("a");
  v1::FeatureRequest& feature = *wanted.add_features();
  feature.set_layer("l");
  feature.set_channels(32);
  feature.set_data_type(v1::FLOAT16);
  feature.mutable_pooling()->set_kind(v1::Pooling::GENERALIZED_MEAN);
  feature.mutable_pooling()->set_grid_height(2);
  feature.mutable_pooling()->set_grid_width(3);
  feature.set_l2_normalize(true);
  feature.set_layout(v1::HWC);
  feature.set_reduction(v1::RANDOM_PROJECTION);
  feature.set_seed(9);
  EXPECT_EQ(server_.features().Requests()[0].DebugString(), wanted.DebugString());
  const NpyArray array = ReadArray("a.l.npy");
  EXPECT_EQ(array.descr, "<f2");
  EXPECT_THAT(array.shape, ElementsAre(2, 2, 3));
}

TEST_F(ExtractTest, NamesABrokenImageAndGoesOn) {
  folder_.Write("in/a.jpg", "a");
  folder_.Write("in/b.jpg", "broken");
  folder_.Write("in/c.jpg", "c");
  const ProgramRun run = Extract({"--layer", "l", folder_ / "in"});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.err,
              AllOf(HasSubstr(folder_ / "in/b.jpg"), HasSubstr("b.jpg: want JPEG, got rubbish (INVALID_ARGUMENT)"),
                    Not(HasSubstr("a.jpg")), Not(HasSubstr("c.jpg"))));
  EXPECT_THAT(run.out, HasSubstr("2 images done, 1 failed"));
  EXPECT_THAT(folder_.Names("out"), ElementsAre("a.l.npy", "c.l.npy"));
}

TEST_F(ExtractTest, NamesWhatCannotBeReadAndGoesOn) {
  const ProgramRun run =
      Extract({"--layer", "l", folder_ / "none.jpg", folder_.Write("a.jpg", "a"), folder_.Write("e.jpg", "")});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.err,
              AllOf(HasSubstr("none.jpg: no such file"), HasSubstr("e.jpg: want an image, got an empty file")));
  EXPECT_THAT(folder_.Names("out"), ElementsAre("a.l.npy"));
}

TEST_F(ExtractTest, NamesWhatCannotBeWritten) {
  folder_.Write("out/a.l.npy/occupied", "");
  const ProgramRun run = Extract({"--layer", "l", folder_.Write("a.jpg", "a")});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.err, AllOf(HasSubstr("a.jpg"), HasSubstr("a.l.npy: cannot be written")));
}

TEST_F(ExtractTest, FailsWhereTheFolderCannotBeMade) {
  folder_.Write("out", "a file in its place");
  const ProgramRun run = Extract({"--layer", "l", folder_.Write("a.jpg", "a")});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.err, AllOf(HasSubstr("/out"), HasSubstr("cannot be made")));
}

TEST_F(ExtractTest, ReadsOneImageFromStandardInput) {
  EXPECT_EQ(Extract({"--layer", "l", "-"}, "piped").exit_code, 0);
  EXPECT_THAT(folder_.Names("out"), ElementsAre("stdin.l.npy"));
  EXPECT_EQ(server_.features().Requests().at(0).images(0).content(), "piped");
}

TEST_F(ExtractTest, KeepsImagesOfEqualNameApart) {
  const ProgramRun run = Extract({"--layer", "l", folder_.Write("a.jpg", "a"), folder_.Write("a.png", "b")});
  EXPECT_EQ(run.exit_code, 0);
  EXPECT_THAT(run.err, HasSubstr("a.jpg is written as 'a.jpg'"));
  EXPECT_THAT(folder_.Names("out"), ElementsAre("a.jpg.l.npy", "a.png.l.npy"));
  EXPECT_EQ(ReadArray("a.png.l.npy").content, KnownMap(v1::FeatureRequest(), 0, "b").content());
}

TEST_F(ExtractTest, RefusesLayersThatWouldShareAFile) {
  const ProgramRun run = Extract({"--layer", "x/y", "--layer", "x_y", folder_.Write("a.jpg", "a")});
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_THAT(run.err, HasSubstr("'x/y' and 'x_y'"));
  EXPECT_THAT(server_.features().Requests(), IsEmpty());
}

TEST_F(ExtractTest, SendsSeveralImagesPerRequestAndAllOfThem) {
  for (int i = 0; i < 20; ++i)
    folder_.Write(absl::StrCat("in/", i, ".jpg"), std::string(1, static_cast<char>('a' + i)));
  EXPECT_EQ(Extract({"--layer", "l", "--batch", "3", "--parallel", "2", folder_ / "in"}).exit_code, 0);
  EXPECT_THAT(folder_.Names("out"), SizeIs(20));
  size_t images = 0;
  for (const auto& request : server_.features().Requests()) {
    EXPECT_THAT(request.images_size(), Le(3));
    images += static_cast<size_t>(request.images_size());
  }
  EXPECT_EQ(images, 20u);
  EXPECT_EQ(ReadArray("7.l.npy").content, KnownMap(v1::FeatureRequest(), 0, "h").content());
}

TEST_F(ExtractTest, ClosesARequestThatIsLargeAlready) {
  for (const char* name : {"a", "b", "c"}) folder_.Write(absl::StrCat("in/", name, ".jpg"), std::string(9 << 20, 'x'));
  EXPECT_EQ(Extract({"--layer", "l", "--parallel", "1", folder_ / "in"}).exit_code, 0);
  EXPECT_THAT(server_.features().Requests(), SizeIs(3));
}

TEST_F(ExtractTest, HalvesARequestThatIsTooMuchForTheServer) {
  server_.features().before = [](grpc::ServerContext& context, const v1::ExtractFeaturesRequest& request, int) {
    context.AddTrailingMetadata("grpc-retry-pushback-ms", "-1");
    return request.images_size() > 2 ? grpc::Status(grpc::StatusCode::RESOURCE_EXHAUSTED, "too much")
                                     : grpc::Status::OK;
  };
  for (int i = 0; i < 7; ++i) folder_.Write(absl::StrCat("in/", i, ".jpg"), "x");
  const ProgramRun run = Extract({"--layer", "l", folder_ / "in"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(folder_.Names("out"), SizeIs(7));
}

TEST_F(ExtractTest, StopsAtWhatIsWrongForAllImages) {
  server_.features().before = [](auto&, const auto&, int) {
    return BadRequestStatus("wrong", "features[0].layer", "no such");
  };
  for (int i = 0; i < 50; ++i) folder_.Write(absl::StrCat("in/", i, ".jpg"), "x");
  const ProgramRun run = Extract({"--layer", "l", "--batch", "1", "--parallel", "1", folder_ / "in"});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(server_.features().Requests(), SizeIs(1));
  EXPECT_THAT(run.err, AllOf(HasSubstr("in/0.jpg: wrong; features[0].layer: no such (INVALID_ARGUMENT)"),
                             Not(HasSubstr("in/1"))));
  EXPECT_THAT(run.out, HasSubstr("0 images done, 1 failed, 49 not done"));
}

TEST_F(ExtractTest, GivesUpOnAServerThatOnlyFails) {
  server_.features().before = [](auto&, const auto&, int) { return grpc::Status(grpc::StatusCode::INTERNAL, "oh"); };
  for (int i = 0; i < 50; ++i) folder_.Write(absl::StrCat("in/", i, ".jpg"), "x");
  const ProgramRun run = Extract({"--layer", "l", "--batch", "1", "--parallel", "1", folder_ / "in"});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.out, HasSubstr("8 failed, 42 not done"));
}

TEST_F(ExtractTest, GoesOnAfterOneRequestThatFailed) {
  server_.features().before = [](auto&, const auto&, int call) {
    return call == 2 ? grpc::Status(grpc::StatusCode::INTERNAL, "oh") : grpc::Status::OK;
  };
  for (int i = 0; i < 5; ++i) folder_.Write(absl::StrCat("in/", i, ".jpg"), "x");
  const ProgramRun run = Extract({"--layer", "l", "--batch", "1", "--parallel", "1", folder_ / "in"});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.out, HasSubstr("4 images done, 1 failed;"));
}

TEST_F(ExtractTest, EndsCleanlyAtCtrlC) {
  Cancellation interruption;
  server_.features().before = [&interruption](grpc::ServerContext& context, const auto&, int call) {
    if (call == 3) {
      interruption.Cancel();
      while (!context.IsCancelled()) absl::SleepFor(absl::Milliseconds(1));
    }
    return grpc::Status::OK;
  };
  for (int i = 0; i < 10; ++i) folder_.Write(absl::StrCat("in/", i, ".jpg"), "x");
  const ProgramRun run =
      Extract({"--layer", "l", "--batch", "1", "--parallel", "1", folder_ / "in"}, "", &interruption);
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.err, HasSubstr("interrupted"));
  EXPECT_THAT(run.out, HasSubstr("2 images done, 0 failed, 8 not done; 2 maps"));
  EXPECT_THAT(folder_.Names("out"), ElementsAre("0.l.npy", "1.l.npy"));
}

TEST_F(ExtractTest, TellsOfEachMapWhereAsked) {
  const ProgramRun run = Extract({"--layer", "l", "-v", folder_.Write("a.jpg", "\x01")});
  EXPECT_THAT(run.out, HasSubstr("a: l [3, 2, 2] float32, min 1, mean 12.5, max 24 -> "));
}

TEST_F(ExtractTest, DrawsABarOnATerminalOnly) {
  for (int i = 0; i < 30; ++i) folder_.Write(absl::StrCat("in/", i, ".jpg"), "x");
  EXPECT_THAT(Extract({"--layer", "l", folder_ / "in"}).err, IsEmpty());
  EXPECT_THAT(Extract({"--layer", "l", folder_ / "in"}, "", nullptr, 100).err,
              AllOf(HasSubstr("/30"), HasSubstr("\r\x1b[K")));
}

TEST_F(ExtractTest, NamesImagesWhoseMapsContradictThemselves) {
  server_.features().after = [](v1::ExtractFeaturesResponse& response) {
    response.mutable_results(0)->mutable_features(0)->set_shape(0, -5);
  };
  const ProgramRun run = Extract({"--layer", "l", folder_.Write("a.jpg", "a")});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.err, AllOf(HasSubstr("a.jpg"), HasSubstr("shape")));
}

}  // namespace
}  // namespace onebyone
