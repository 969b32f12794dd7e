#include "client/commands/neighbour_report.h"

#include <gmock/gmock.h>

namespace onebyone {
namespace {

// Three images, the last of which failed.
NeighbourReport Report() {
  NeighbourReport report;
  report.model = "m";
  report.version = 2;
  report.layer = "l";
  report.numbers = 4;
  report.images = {{"a, \"b\".jpg", ""}, {"c.jpg", ""}, {"d.jpg", ""}};
  report.neighbours = {{{1, 0.5f}}, {{0, 0.5f}}, {}};
  report.failures = {{2, absl::InvalidArgumentError("want JPEG")}};
  return report;
}

TEST(NeighbourTable, NamesAnImageBesideItsNearest) {
  NeighbourReport report = Report();
  report.neighbours[0].push_back({1, 0.25f});
  EXPECT_EQ(NeighbourTable(report),
            "IMAGE       NEIGHBOUR   COSINE\n"
            "a, \"b\".jpg  c.jpg       0.5000\n"
            "            c.jpg       0.2500\n"
            "c.jpg       a, \"b\".jpg  0.5000\n");
}

TEST(NeighbourCsv, QuotesNamesWithCommasAndQuotes) {
  EXPECT_EQ(NeighbourCsv(Report()),
            "image,rank,neighbour,cosine\r\n"
            "\"a, \"\"b\"\".jpg\",1,c.jpg,0.500000\r\n"
            "c.jpg,1,\"a, \"\"b\"\".jpg\",0.500000\r\n");
}

TEST(NeighbourJson, TellsWhatWasComparedAndWhatFailed) {
  EXPECT_EQ(NeighbourJson(Report()),
            R"({"model": "m", "version": 2, "layer": "l", "reduction": "", "numbers": 4, "images": [)"
            R"({"image": "a, \"b\".jpg", "neighbours": [{"image": "c.jpg", "cosine": 0.5}]}, )"
            R"({"image": "c.jpg", "neighbours": [{"image": "a, \"b\".jpg", "cosine": 0.5}]}], )"
            R"("failed": [{"image": "d.jpg", "reason": "want JPEG"}]})"
            "\n");
}

}  // namespace
}  // namespace onebyone
