#include "engine/workbench/evaluation_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace onebyone {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

LabelledPictures Pictures(const std::vector<int>& classes, const std::vector<std::string>& class_names) {
  LabelledPictures pictures;
  pictures.folder = "set";
  pictures.files.resize(classes.size());
  pictures.classes = classes;
  pictures.class_names = class_names;
  return pictures;
}

std::string TextOf(const EvaluationReport& report) {
  std::ostringstream text;
  PrintText(report, text);
  return text.str();
}

TEST(Chance, IsTheShareOfTheOwnClassAmongTheOthers) {
  EXPECT_DOUBLE_EQ(ChanceOf(Pictures({0, 0, 1, 1}, {"a", "b"})), 1.0 / 3);
  // One that is alone does not ask.
  EXPECT_DOUBLE_EQ(ChanceOf(Pictures({0, 0, 0, 1}, {"a", "b"})), 2.0 / 3);
}

TEST(EvaluationReport, SaysWhatEachRowIsOf) {
  EvaluationReport report;
  report.model = "tiny";
  report.pictures = Pictures({0, 0, 1, 1}, {"a", "b"});
  report.rows.push_back({.kind = EvaluatedRow::Kind::kRawPixels, .dimension = 3072, .quality = {.nearest = 0.25}});
  report.rows.push_back({.layer = "x",
                         .pooling = "max",
                         .precision = "int8",
                         .channels = 64,
                         .reduction = "fitted",
                         .dimension = 64,
                         .quality = {0.5, 0.25, 0.75, 4}});
  EXPECT_EQ(TextOf(report),
            "tiny on set: 4 pictures of 2 classes, each left out in turn; by chance 1-NN is 0.3333\n"
            "features               pooling  precision  channels    dimension    1-NN    5-NN     mAP\n"
            "---------------------  -------  ---------  ----------  ---------  ------  ------  ------\n"
            "raw pixels, 32x32 RGB  -        -          all              3072  0.2500  0.0000  0.0000\n"
            "x                      max      int8       64, fitted         64  0.5000  0.2500  0.7500\n");
}

TEST(EvaluationReport, CountsPicturesThatAreAlone) {
  EvaluationReport report;
  report.pictures = Pictures({0, 0, 1, 2}, {"a", "b", "c"});
  EXPECT_THAT(TextOf(report),
              HasSubstr("2 of the pictures have no other of their class: they were ranked, but did not ask"));
  report.pictures = Pictures({0, 0, 1, 1}, {"a", "b"});
  EXPECT_THAT(TextOf(report), Not(HasSubstr("did not ask")));
}

}  // namespace
}  // namespace onebyone
