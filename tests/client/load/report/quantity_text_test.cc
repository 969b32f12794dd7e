#include "client/load/report/quantity_text.h"

#include <gtest/gtest.h>

#include <limits>

namespace onebyone {
namespace {

TEST(MsText, KeepsThreeDigitsThatCount) {
  EXPECT_EQ(MsText(0.0), "0");
  EXPECT_EQ(MsText(0.08531), "0.0853");
  EXPECT_EQ(MsText(0.85), "0.850");
  EXPECT_EQ(MsText(4.126), "4.13");
  EXPECT_EQ(MsText(61.24), "61.2");
  EXPECT_EQ(MsText(143.4), "143");
  EXPECT_EQ(MsText(999.6), "1,000");
  EXPECT_EQ(MsText(12'345.6), "12,346");
  EXPECT_EQ(MsText(std::optional<double>()), "-");
}

TEST(PercentileText, SaysWhatARefusedOneNeeds) {
  EXPECT_EQ(PercentileText({.percentile = 99, .value_ms = 61.24}, 5000), "61.2");
  EXPECT_EQ(PercentileText({.percentile = 99.9, .value_ms = {}, .needed_samples = 10'000}, 240),
            "refused: needs 10,000 samples, has 240");
}

TEST(SamplesNeeded, AreTenBeyondThePercentile) {
  EXPECT_EQ(SamplesNeeded(50), 20);
  EXPECT_EQ(SamplesNeeded(90), 100);
  EXPECT_EQ(SamplesNeeded(99), 1000);
  EXPECT_EQ(SamplesNeeded(99.9), 10'000);
  EXPECT_EQ(SamplesNeeded(99.99), 100'000);
}

TEST(QuantityText, NamesAndCounts) {
  EXPECT_EQ(PercentileName(50), "p50");
  EXPECT_EQ(PercentileName(99.99), "p99.99");
  EXPECT_EQ(CountText(0), "0");
  EXPECT_EQ(CountText(999), "999");
  EXPECT_EQ(CountText(1000), "1,000");
  EXPECT_EQ(CountText(-1'234'567), "-1,234,567");
  EXPECT_EQ(RateText(199.84), "199.8/s");
  EXPECT_EQ(RateText(2400.4), "2,400/s");
  EXPECT_EQ(BytesText(999), "999 B");
  EXPECT_EQ(BytesText(2'412'345), "2.41 MB");
  EXPECT_EQ(ShareText(0), "0.00 %");
  EXPECT_EQ(ShareText(0.00001), "<0.01 %");
  EXPECT_EQ(ShareText(0.0025), "0.25 %");
  EXPECT_EQ(ShareText(0.125), "12.5 %");
}

TEST(LengthText, ChoosesTheUnitByTheLength) {
  EXPECT_EQ(LengthText(850), "850 ms");
  EXPECT_EQ(LengthText(12'480), "12.5 s");
  EXPECT_EQ(LengthText(250'000), "4:10");
  EXPECT_EQ(LengthText(3'750'000), "1:02:30");
}

}  // namespace
}  // namespace onebyone
