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
using ::testing::HasSubstr;
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
