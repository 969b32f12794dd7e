#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "absl/strings/str_format.h"
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

TEST(BundledModel, CostsWhatItsCardSays) {
  const ProgramRun inspect = Workbench({"inspect", "--bundle", NanoBundle(), "--json"});
  ASSERT_THAT(inspect, Succeeds());
  const google::protobuf::Struct json = ParseJson(inspect.out);
  EXPECT_LE(NumberIn(json, "multiply_adds"), 0.3e9);
  EXPECT_LE(NumberIn(json, "parameters"), 2e6);
  const std::string card = ReadWhole(NanoBundle() + "/README.md");
  EXPECT_THAT(card, HasSubstr(absl::StrFormat("%.1f million multiply-adds", NumberIn(json, "multiply_adds") / 1e6)));
  EXPECT_THAT(card, HasSubstr(absl::StrFormat("%.3f million parameters", NumberIn(json, "parameters") / 1e6)));
  EXPECT_THAT(card, HasSubstr(StringIn(json, "sha256")));
}

TEST(BundledModel, IsAtMostTenMegabytes) {
  uintmax_t bytes = 0;
  for (const auto& file : std::filesystem::directory_iterator(NanoBundle())) bytes += file.file_size();
  EXPECT_LE(bytes, 10'000'000U);
}

}  // namespace
}  // namespace onebyone::testing
