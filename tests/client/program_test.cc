#include "client/commands/program.h"

#include <gmock/gmock.h>

#include "client/commands/feature_flags.h"
#include "tests/client/run_program.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::IsOk;
using ::onebyone::testing::ProgramRun;
using ::onebyone::testing::RunOnebyone;
using ::onebyone::testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class Help : public ::testing::TestWithParam<std::vector<std::string>> {};
TEST_P(Help, GoesToStandardOutput) {
  const ProgramRun run = RunOnebyone(GetParam());
  EXPECT_EQ(run.exit_code, 0);
  EXPECT_THAT(run.out, HasSubstr("Usage: onebyone"));
  EXPECT_THAT(run.err, IsEmpty());
}
INSTANTIATE_TEST_SUITE_P(
    All, Help,
    ::testing::Values(std::vector<std::string>{"--help"}, std::vector<std::string>{"extract", "--help"},
                      std::vector<std::string>{"view", "-h"}, std::vector<std::string>{"similar", "--help"},
                      std::vector<std::string>{"models", "--help"}, std::vector<std::string>{"health", "--help"},
                      std::vector<std::string>{"top", "--help"}));

class WrongUsage : public ::testing::TestWithParam<std::vector<std::string>> {};
TEST_P(WrongUsage, IsToldOnStandardErrorWithCodeTwo) {
  const ProgramRun run = RunOnebyone(GetParam());
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_THAT(run.out, IsEmpty());
  EXPECT_THAT(run.err, Not(IsEmpty()));
}

std::vector<std::string> ExtractWith(std::vector<std::string> more) {
  more.insert(more.begin(), {"extract", "--server", "localhost:1", "--layer", "l", "--output", "unused", "a.jpg"});
  return more;
}
std::vector<std::string> SimilarWith(std::vector<std::string> more) {
  more.insert(more.begin(), {"similar", "--server", "localhost:1"});
  return more;
}
INSTANTIATE_TEST_SUITE_P(
    All, WrongUsage,
    ::testing::Values(
        std::vector<std::string>{}, std::vector<std::string>{"nonsense"},
        std::vector<std::string>{"extract", "--server", "localhost:1", "--layer", "l", "a.jpg"},
        std::vector<std::string>{"extract", "--server", "localhost:1", "--output", "o", "a.jpg"},
        std::vector<std::string>{"extract", "--layer", "l", "--output", "o", "a.jpg"},
        std::vector<std::string>{"extract", "--server", "localhost:1", "--layer", "l", "--output", "o"},
        std::vector<std::string>{"extract", "--server", "localhost", "--layer", "l", "--output", "o", "a.jpg"},
        ExtractWith({"--channels", "-1"}), ExtractWith({"--channels", "many"}), ExtractWith({"--type", "int4"}),
        ExtractWith({"--pooling", "median"}), ExtractWith({"--layout", "nchw"}), ExtractWith({"--batch", "0"}),
        ExtractWith({"--parallel", "0"}), ExtractWith({"--deadline", "0"}), ExtractWith({"--seed", "-1"}),
        ExtractWith({"--reduction", "pca"}), ExtractWith({"--unknown"}),
        std::vector<std::string>{"view", "--server", "localhost:1", "--layer", "l", "--output", "o.png"},
        std::vector<std::string>{"view", "--server", "localhost", "--layer", "l", "--output", "o.png", "a.jpg"},
        SimilarWith({}), SimilarWith({"-"}), SimilarWith({"--neighbours", "0", "photos"}),
        SimilarWith({"--output", "sheet.gif", "photos"}), SimilarWith({"--csv", "--json", "photos"}),
        SimilarWith({"--layer", "l", "--layer", "m", "photos"}), SimilarWith({"--pooling", "median", "photos"}),
        SimilarWith({"--neighbours", "100", "--rows", "10000", "--output", "sheet.png", "photos"}),
        std::vector<std::string>{"similar", "--server", "localhost", "photos"}, std::vector<std::string>{"models"},
        std::vector<std::string>{"models", "--server", "localhost"}, std::vector<std::string>{"health"},
        std::vector<std::string>{"health", "--server", "localhost:0"},
        std::vector<std::string>{"health", "--server", "localhost:1", "--wait", "-1"}));

TEST(Program, TellsItsVersion) {
  const ProgramRun run = RunOnebyone({"--version"});
  EXPECT_EQ(run.exit_code, 0);
  EXPECT_THAT(run.out, HasSubstr("onebyone "));
}

struct PoolingText {
  const char* text;
  v1::Pooling::Kind kind;
  int height;
  int width;
  double exponent;
};
class GoodPooling : public ::testing::TestWithParam<PoolingText> {};
TEST_P(GoodPooling, IsUnderstood) {
  ASSERT_OK_AND_ASSIGN(const v1::Pooling pooling, ParsePooling(GetParam().text));
  EXPECT_EQ(pooling.kind(), GetParam().kind);
  EXPECT_EQ(pooling.grid_height(), GetParam().height);
  EXPECT_EQ(pooling.grid_width(), GetParam().width);
  EXPECT_EQ(pooling.exponent(), GetParam().exponent);
}
INSTANTIATE_TEST_SUITE_P(All, GoodPooling,
                         ::testing::Values(PoolingText{"none", v1::Pooling::NONE, 0, 0, 0},
                                           PoolingText{"average", v1::Pooling::AVERAGE, 0, 0, 0},
                                           PoolingText{"max", v1::Pooling::MAX, 0, 0, 0},
                                           PoolingText{"gem", v1::Pooling::GENERALIZED_MEAN, 0, 0, 0},
                                           PoolingText{"gem:2.5", v1::Pooling::GENERALIZED_MEAN, 0, 0, 2.5},
                                           PoolingText{"gem:2x1:4", v1::Pooling::GENERALIZED_MEAN, 2, 1, 4},
                                           PoolingText{"3x4", v1::Pooling::AVERAGE, 3, 4, 0},
                                           PoolingText{"max:1x2", v1::Pooling::MAX, 1, 2, 0}));

class BadPooling : public ::testing::TestWithParam<const char*> {};
TEST_P(BadPooling, IsRefused) {
  EXPECT_THAT(ParsePooling(GetParam()),
              StatusIs(absl::StatusCode::kInvalidArgument, AllOf(HasSubstr("HxW"), HasSubstr(GetParam()))));
}
INSTANTIATE_TEST_SUITE_P(All, BadPooling,
                         ::testing::Values("", "mean", "3x", "x3", "0x1", "1x-1", "average:3", "none:2x2", "gem:0",
                                           "gem:nan", "max:", "average:2x2:extra", "99999999999x1"));

}  // namespace
}  // namespace onebyone
