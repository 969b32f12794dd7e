#include <gtest/gtest.h>

#include "tests/workbench/program_fixture.h"

namespace onebyone::testing {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;

TEST_F(TinyBundleTest, InspectListsEveryLayerWithItsCost) {
  const ProgramRun inspect = Workbench({"inspect", "--bundle", bundle_});
  ASSERT_THAT(inspect, Succeeds());
  // 32 * 32 pixels: 3 * 2 multiply-adds each for the reduction, 9 * 2 * 4 for the 3x3.
  EXPECT_THAT(inspect.out, AllOf(ContainsRegex("3x3_reduce +Conv +2x32x32 +1 +1 +6 +6,144 +7.69 %"),
                                 ContainsRegex("3x3 +Conv +4x32x32 +1 +3 +72 +73,728 +92.31 % +79,872"),
                                 ContainsRegex("embedding +Flatten +4 "), HasSubstr("79,872 multiply-adds")));
  EXPECT_THAT(inspect.out,
              AllOf(ContainsRegex("default layers +embedding"), ContainsRegex("aliases +features = embedding")));
}

TEST_F(TinyBundleTest, InspectTellsTheSameInJson) {
  const ProgramRun inspect = Workbench({"inspect", "--bundle", bundle_, "--json"});
  ASSERT_THAT(inspect, Succeeds());
  const google::protobuf::Struct json = ParseJson(inspect.out);
  EXPECT_EQ(StringIn(json, "model"), "tiny");
  EXPECT_EQ(NumberIn(json, "multiply_adds"), 79'872);
  EXPECT_EQ(NumberIn(json, "parameters"), 78);
  double sum = 0;
  for (const auto& layer : json.fields().at("layers").list_value().values()) {
    sum += NumberIn(layer.struct_value(), "multiply_adds");
    if (StringIn(layer.struct_value(), "name") != "block/output") continue;
    EXPECT_EQ(NumberIn(layer.struct_value(), "channels"), 4);
    EXPECT_EQ(NumberIn(layer.struct_value(), "field_height"), 3);
    EXPECT_EQ(NumberIn(layer.struct_value(), "cumulative_multiply_adds"), 79'872);
  }
  EXPECT_EQ(sum, 79'872);
}

}  // namespace
}  // namespace onebyone::testing
