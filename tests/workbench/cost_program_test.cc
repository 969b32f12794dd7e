#include <gtest/gtest.h>

#include "tests/workbench/program_fixture.h"

namespace onebyone::testing {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

TEST_F(TinyBundleTest, CostCountsEachReductionAndTheTextbookCase) {
  const ProgramRun cost = Workbench({"cost", "--bundle", bundle_, "--no-measure"});
  ASSERT_THAT(cost, Succeeds());
  // 1024 pixels: 6 + 72 multiply-adds with the reduction, 9 * 3 * 4 without.
  EXPECT_THAT(cost.out, ContainsRegex("3x3_reduce +3x3 +3x3 +3 -> 2 -> 4 +79,872 +110,592 +1.38"));
  EXPECT_THAT(cost.out, AllOf(HasSubstr("256 channels -> 1x1 to 64 -> 4x4 to 256"), HasSubstr("17/64"),
                              HasSubstr("3.76 times less"), Not(HasSubstr("measured"))));
}

TEST_F(TinyBundleTest, CostMeasuresTheTextbookCaseBesideTheCount) {
  const ProgramRun text = Workbench({"cost", "--bundle", bundle_, "--runs", "3"});
  ASSERT_THAT(text, Succeeds());
  EXPECT_THAT(text.out, ContainsRegex("measured +[0-9.]+ against [0-9.]+ ms .*times less"));

  const ProgramRun run = Workbench({"cost", "--bundle", bundle_, "--runs", "5", "--json"});
  ASSERT_THAT(run, Succeeds());
  const google::protobuf::Struct textbook = ParseJson(run.out).fields().at("textbook").struct_value();
  EXPECT_NEAR(NumberIn(textbook, "times_less"), 64.0 / 17, 1e-6);
  EXPECT_EQ(NumberIn(textbook, "with_reduction") / NumberIn(textbook, "direct"), 17.0 / 64);
  // Loose: the machine is shared, and the 1x1 convolution is not as fast per multiply-add as the large one.
  EXPECT_GT(NumberIn(textbook, "measured_times_less"), 1.2);
  EXPECT_NEAR(NumberIn(textbook, "measured_times_less"),
              NumberIn(textbook, "direct_ms") / NumberIn(textbook, "with_reduction_ms"), 1e-6);
}

}  // namespace
}  // namespace onebyone::testing
