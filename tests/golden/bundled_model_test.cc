#include <gtest/gtest.h>

#include "tests/workbench/program_fixture.h"

namespace onebyone::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string NanoBundle() { return absl::StrCat(SourceFolder(), "/deploy/models/onebyone-nano"); }

TEST(BundledModel, EqualsItsGoldensWithEitherConvolution) {
  for (const char* convolution : {"measured", "exact"}) {
    const ProgramRun verify = Workbench({"verify", "--bundle", NanoBundle(), "--convolution", convolution});
    EXPECT_THAT(verify, Succeeds()) << convolution;
    EXPECT_THAT(verify.out, Not(HasSubstr("differs")));
  }
}

// The model card's figures.
TEST(BundledModel, CostsWhatItsCardSays) {
  const ProgramRun inspect = Workbench({"inspect", "--bundle", NanoBundle(), "--json"});
  ASSERT_THAT(inspect, Succeeds());
  const google::protobuf::Struct json = ParseJson(inspect.out);
  EXPECT_NEAR(NumberIn(json, "multiply_adds"), 224.0e6, 0.05e6);
  EXPECT_EQ(NumberIn(json, "parameters"), 1'569'504);
  EXPECT_EQ(StringIn(json, "sha256"), "01f8913325e0f086168a00708839324d6162bb0aeeb99e734104e57a877eff34");
}

}  // namespace
}  // namespace onebyone::testing
