#include "client/commands/text_table.h"

#include <gtest/gtest.h>

namespace onebyone {
namespace {

TEST(TextTable, AlignsColumnsByWhatIsSeen) {
  TextTable table({{"NAME"}, {"SIZE", TextTable::Align::kRight}, {"NOTE"}});
  table.AddRow({"größe", "1", ""});
  table.AddRow({"a", "12345", "x"});
  EXPECT_EQ(table.ToString(),
            "NAME    SIZE  NOTE\n"
            "größe      1\n"
            "a      12345  x\n");
}

}  // namespace
}  // namespace onebyone
