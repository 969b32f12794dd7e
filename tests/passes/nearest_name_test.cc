#include "engine/base/nearest_name.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace onebyone {
namespace {

TEST(NearestName, IsTheOneWithTheFewestEdits) {
  const std::vector<std::string> layers = {"conv1", "inception_3a/1x1", "inception_3a/output", "inception_3b/output"};
  EXPECT_EQ(NearestName("inception_3a/outptu", layers), "inception_3a/output");
  EXPECT_EQ(NearestName("inception3b/output", layers), "inception_3b/output");
  EXPECT_EQ(NearestName("conv", layers), "conv1");
  EXPECT_EQ(NearestName("inception_3a/1x1", layers), "inception_3a/1x1");
}

TEST(NearestName, IsTheFirstOfEqualsAndNothingOfNothing) {
  EXPECT_EQ(NearestName("c", {std::string("a"), std::string("b")}), "a");
  EXPECT_EQ(NearestName("c", {}), "");
  EXPECT_EQ(NearestName("", {std::string("long"), std::string("x")}), "x");
}

TEST(NearestName, LooksAtTheFirstBytesOfAHostileName) {
  const std::string hostile(size_t{64} << 20, 'a');  // its distance to all would take minutes
  EXPECT_EQ(NearestName(hostile, {std::string("b"), std::string(300, 'a')}), std::string(300, 'a'));
}

}  // namespace
}  // namespace onebyone
