#include <gtest/gtest.h>

#include <filesystem>

#include "tests/workbench/program_fixture.h"

namespace onebyone::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST_F(TinyBundleTest, BenchPrintsJsonThatAScriptCanRead) {
  const ProgramRun bench =
      Workbench({"bench", "--bundle", bundle_, "--runs", "20", "--threads", "1", "--json", "--profile"});
  ASSERT_THAT(bench, Succeeds());
  const google::protobuf::Struct json = ParseJson(bench.out);
  EXPECT_EQ(StringIn(json, "layer"), "embedding");
  EXPECT_EQ(NumberIn(json, "runs"), 20);
  EXPECT_EQ(NumberIn(json, "multiply_adds"), 79'872);
  const double min = NumberIn(json, "min_ms");
  EXPECT_GT(min, 0);
  EXPECT_LE(min, NumberIn(json, "p50_ms"));
  EXPECT_LE(NumberIn(json, "p50_ms"), NumberIn(json, "p95_ms"));
  EXPECT_NEAR(NumberIn(json, "gflops"), 2 * 79'872 / min / 1e6, 1e-3 * NumberIn(json, "gflops"));
  EXPECT_EQ(json.fields().at("profile").list_value().values_size(), NumberIn(json, "steps"));
}

TEST_F(TinyBundleTest, BenchRunsOnlyAsFarAsTheAskedLayer) {
  const ProgramRun whole = Workbench({"bench", "--bundle", bundle_, "--runs", "2", "--json"});
  const ProgramRun part = Workbench({"bench", "--bundle", bundle_, "--runs", "2", "--json", "--layer", "3x3_reduce"});
  ASSERT_THAT(whole, Succeeds());
  ASSERT_THAT(part, Succeeds());
  EXPECT_EQ(NumberIn(ParseJson(part.out), "multiply_adds"), 6'144);
  EXPECT_LT(NumberIn(ParseJson(part.out), "steps"), NumberIn(ParseJson(whole.out), "steps"));
}

TEST_F(TinyBundleTest, BenchTellsPeopleTheSame) {
  const ProgramRun bench = Workbench({"bench", "--bundle", bundle_, "--runs", "5", "--profile"});
  ASSERT_THAT(bench, Succeeds());
  EXPECT_THAT(bench.out, AllOf(HasSubstr("p50"), HasSubstr("p95"), HasSubstr("79,872 multiply-adds"),
                               HasSubstr("share"), HasSubstr("to encode an answer:"), HasSubstr("bfloat16  CHW")));
}

TEST(BenchOfTheBundledModel, KeepsItsChoicesOfKernelsWhereToldAndWarnsWhereItCannot) {
  const TemporaryFolder folder;
  const std::string bundle = absl::StrCat(SourceFolder(), "/deploy/models/onebyone-nano");
  const std::vector<std::string> bench = {"bench", "--bundle", bundle, "--runs", "1", "--warm-up", "0"};
  const auto with_cache = [&bench](const std::string& cache) {
    std::vector<std::string> arguments = bench;
    arguments.insert(arguments.end(), {"--kernel-cache", cache});
    return Workbench(arguments);
  };
  EXPECT_THAT(with_cache("off"), Succeeds());
  EXPECT_THAT(with_cache(folder / "cache"), Succeeds());
  EXPECT_FALSE(std::filesystem::is_empty(folder / "cache"));
  EXPECT_THAT(with_cache("/dev/null/cache"), Ends(0, HasSubstr("--kernel-cache: /dev/null/cache: cannot be made")));
}

TEST_F(TinyBundleTest, BenchTimesANativeSize) {
  const ProgramRun own = Workbench({"bench", "--bundle", bundle_, "--runs", "2", "--json"});
  const ProgramRun wide = Workbench({"bench", "--bundle", bundle_, "--runs", "2", "--json", "--native-size", "64x32"});
  ASSERT_THAT(own, Succeeds());
  ASSERT_THAT(wide, Succeeds());
  EXPECT_EQ(NumberIn(ParseJson(wide.out), "input_width"), 64);
  EXPECT_EQ(NumberIn(ParseJson(wide.out), "input_height"), 32);
  EXPECT_EQ(NumberIn(ParseJson(wide.out), "multiply_adds"), 2 * NumberIn(ParseJson(own.out), "multiply_adds"));
  EXPECT_GT(NumberIn(ParseJson(wide.out), "compile_ms"), 0);
  EXPECT_THAT(Workbench({"bench", "--bundle", bundle_, "--native-size", "31x64"}),
              Ends(1, HasSubstr("at least 32x32")));
  EXPECT_THAT(Workbench({"bench", "--bundle", bundle_, "--native-size", "64"}), Ends(2, HasSubstr("WIDTHxHEIGHT")));
}

TEST_F(TinyBundleTest, BenchRefusesWhatTheBundleLacks) {
  EXPECT_THAT(Workbench({"bench", "--bundle", bundle_, "--precision", "int8"}),
              Ends(1, HasSubstr("precision: int8: want a calibrated bundle")));
  EXPECT_THAT(Workbench({"bench", "--bundle", bundle_, "--layer", "pool6"}), Ends(1, HasSubstr("'pool5'")));
}

}  // namespace
}  // namespace onebyone::testing
