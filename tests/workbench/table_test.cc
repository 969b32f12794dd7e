#include "engine/workbench/table.h"

#include <gtest/gtest.h>

namespace onebyone {
namespace {

TEST(Table, AlignsColumnsToTheWidestCell) {
  Table table({{"layer", Table::Align::kLeft}, {"n"}, {"", Table::Align::kLeft}});
  table.AddRow({"a", "1,000", "ok"});
  table.AddRow({"longer one", "2", ""});
  EXPECT_EQ(table.ToString(),
            "layer           n\n"
            "----------  -----  --\n"
            "a           1,000  ok\n"
            "longer one      2\n");
}

TEST(WithThousands, GroupsDigitsByThree) {
  EXPECT_EQ(WithThousands(0), "0");
  EXPECT_EQ(WithThousands(999), "999");
  EXPECT_EQ(WithThousands(1000), "1,000");
  EXPECT_EQ(WithThousands(1569504), "1,569,504");
  EXPECT_EQ(WithThousands(-123), "-123");
  EXPECT_EQ(WithThousands(-123456), "-123,456");
}

}  // namespace
}  // namespace onebyone
