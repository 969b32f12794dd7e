#include "engine/program/roff.h"

#include <gtest/gtest.h>

namespace onebyone {
namespace {

TEST(Roff, KeepsDashesAndBackslashesAsTheyAre) { EXPECT_EQ(RoffText("--a\\b"), "\\-\\-a\\eb"); }

TEST(Roff, TakesNoLineForARequest) { EXPECT_EQ(RoffText(".npy\n'/' as '_'"), "\\&.npy\n\\&'/' as '_'"); }

TEST(Roff, LeavesDotsWithinALineAlone) { EXPECT_EQ(RoffText("DIR/a.npy"), "DIR/a.npy"); }

TEST(Roff, MakesWordsBoldOrItalic) {
  EXPECT_EQ(RoffBold("-v"), "\\fB\\-v\\fR");
  EXPECT_EQ(RoffItalic("DIR"), "\\fIDIR\\fR");
}

TEST(Roff, FillsNoVerbatimLines) { EXPECT_EQ(RoffVerbatim("a\nb"), ".nf\na\nb\n.fi\n"); }

}  // namespace
}  // namespace onebyone
