#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <filesystem>

#include "absl/strings/str_format.h"
#include "engine/base/npy.h"
#include "tests/workbench/program_fixture.h"
#include "tests/workbench/small_pictures.h"

namespace onebyone::testing {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

// Six pictures of three classes, and the tiny bundle.
class EvaluateTest : public TinyBundleTest {
 protected:
  EvaluateTest() {
    WriteSmallPictures(folder_, "set/in", 6);
    Label("in/00.bmp,a\nin/01.bmp,b\nin/02.bmp,a\nin/03.bmp,b\nin/04.bmp,c\nin/05.bmp,c\n");
  }
  void Label(const std::string& lines) const { folder_.Write("set/labels.csv", "file,class\n" + lines); }
  ProgramRun Evaluate(const std::vector<std::string>& more) const {
    std::vector<std::string> arguments = {"evaluate", "--bundle", bundle_, "--dataset", set_};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Workbench(arguments);
  }

  const std::string set_ = folder_ / "set";
};

const google::protobuf::ListValue& Rows(const google::protobuf::Struct& json) {
  return json.fields().at("rows").list_value();
}

std::vector<float> Floats(const std::string& path) {
  const auto array = ParseNpy(ReadWhole(path));
  EXPECT_TRUE(array.ok() && array->descr == "<f4") << path;
  std::vector<float> numbers(array.ok() ? array->content.size() / sizeof(float) : 0);
  if (!numbers.empty()) std::memcpy(numbers.data(), array->content.data(), array->content.size());
  return numbers;
}

TEST_F(EvaluateTest, HasARowForRawPixelsAndOneForTheDefaultLayer) {
  const ProgramRun run = Evaluate({});
  ASSERT_THAT(run, Succeeds());
  EXPECT_THAT(run.out, AllOf(HasSubstr("tiny on " + set_ + ": 6 pictures of 3 classes"),
                             ContainsRegex("\nraw pixels, 32x32 RGB  -        -          all            3072  "),
                             ContainsRegex("\nembedding              -        f32        all               4  ")));
  EXPECT_THAT(Evaluate({"--no-baselines"}).out, Not(HasSubstr("raw pixels")));
}

TEST_F(EvaluateTest, HasARowForEachCombinationAndTheSameForAnyThreads) {
  const std::vector<std::string> asked = {"--layer",          "block/output,pool5", "--layer", "features", "--pooling",
                                          "average,max,none", "--channels",         "all,2",   "--json",   "--threads"};
  std::vector<std::string> one = asked;
  one.emplace_back("1");
  const ProgramRun run = Evaluate(one);
  ASSERT_THAT(run, Succeeds());
  const auto json = ParseJson(run.out);
  EXPECT_EQ(NumberIn(json, "pictures"), 6);
  EXPECT_EQ(NumberIn(json, "classes"), 3);
  EXPECT_EQ(NumberIn(json, "skipped"), 0);
  EXPECT_NEAR(NumberIn(json, "chance"), 0.2, 1e-6);
  ASSERT_EQ(Rows(json).values_size(), 1 + 6 + 2 + 2);
  const auto& raw = Rows(json).values(0).struct_value();
  EXPECT_EQ(StringIn(raw, "features"), "raw pixels");
  const auto& last_map = Rows(json).values(6).struct_value();
  EXPECT_EQ(StringIn(last_map, "layer"), "block/output");
  EXPECT_EQ(StringIn(last_map, "pooling"), "none");
  EXPECT_EQ(StringIn(last_map, "reduction"), "random projection");
  EXPECT_EQ(NumberIn(last_map, "dimension"), 2 * 32 * 32);
  for (const char* threads : {"2", "5"}) {
    std::vector<std::string> more = asked;
    more.emplace_back(threads);
    EXPECT_EQ(Evaluate(more).out, run.out) << threads;
  }
}

TEST_F(EvaluateTest, TakesTheFittedComponentsWhereTheBundleHasThem) {
  ASSERT_THAT(Workbench({"fit-reduction", "--bundle", bundle_, "--images", set_ + "/in", "--layer", "block/output"}),
              Succeeds());
  const ProgramRun run = Evaluate({"--layer", "all", "--channels", "2"});
  ASSERT_EQ(run.exit_code, 0) << run;
  EXPECT_THAT(run.out, AllOf(ContainsRegex("\nblock/output +average +f32 +2, fitted +2 "),
                             ContainsRegex("\nembedding +- +f32 +2, random projection +2 ")));
  EXPECT_THAT(run.err, HasSubstr("left out: channels: want 1 to 1 for layer '3x3_reduce_relu'"));
}

TEST_F(EvaluateTest, ComparesWithRandomWeights) {
  const ProgramRun run = Evaluate({"--random-weights", "--channels", "2"});
  ASSERT_THAT(run, Succeeds());
  EXPECT_THAT(
      run.out,
      ContainsRegex("\nraw pixels.*\nembedding, random weights +- +f32 +all +4 .*\nembedding +- +f32 +2, random"));
}

TEST_F(EvaluateTest, WritesTheFeaturesThatRunGives) {
  const std::string file = folder_ / "features.npy";
  ASSERT_THAT(Evaluate({"--features-output", file}), Succeeds());
  const std::vector<float> features = Floats(file);
  ASSERT_EQ(features.size(), 6U * 4U);
  const std::string out = folder_ / "out";
  ASSERT_THAT(Workbench({"run", "--bundle", bundle_, "--convolution", "exact", "--output", out, set_ + "/in/03.bmp"}),
              Succeeds());
  const std::vector<float> one = Floats(out + "/03.embedding.npy");
  EXPECT_TRUE(std::equal(one.begin(), one.end(), features.begin() + 3 * 4));
  EXPECT_THAT(
      Evaluate({"--features-output", file, "--pooling", "average,max", "--layer", "block/output"}),
      Ends(1,
           HasSubstr("--features-output: want one layer, in one pooling, precision and number of channels, got 2 ")));
}

TEST_F(EvaluateTest, RefusesPicturesThatCannotBeReadUnlessTold) {
  folder_.Write("set/in/text.jpg", "no picture");
  Label("in/00.bmp,a\nin/text.jpg,a\nin/01.bmp,a\nin/02.bmp,b\nin/none.jpg,b\nin/03.bmp,b\n");
  EXPECT_THAT(Evaluate({}),
              Ends(1, AllOf(HasSubstr("want pictures that can be read, got 2 of 6 that cannot"),
                            HasSubstr("--skip-bad"), HasSubstr("the first: " + set_ + "/in/text.jpg: "))));
  const std::string file = folder_ / "features.npy";
  const ProgramRun skipping = Evaluate({"--skip-bad", "--json", "--features-output", file});
  EXPECT_THAT(skipping, Ends(0, AllOf(HasSubstr("skipped 2 of 6 pictures"), HasSubstr("in/text.jpg: "),
                                      HasSubstr("in/none.jpg: no such file"))));
  EXPECT_EQ(NumberIn(ParseJson(skipping.out), "pictures"), 4);
  EXPECT_EQ(NumberIn(ParseJson(skipping.out), "skipped"), 2);
  EXPECT_EQ(Floats(file).size(), 4U * 4U);
  // The figures are those of the others alone.
  Label("in/00.bmp,a\nin/01.bmp,a\nin/02.bmp,b\nin/03.bmp,b\n");
  const ProgramRun others = Evaluate({"--json"});
  EXPECT_EQ(skipping.out.substr(skipping.out.find("\"rows\"")), others.out.substr(others.out.find("\"rows\"")));
}

TEST_F(EvaluateTest, SaysWhatIsWrong) {
  EXPECT_THAT(Workbench({"evaluate", "--bundle", bundle_, "--dataset", "/nowhere"}),
              Ends(1, HasSubstr("--dataset: want a folder with labels.csv, got /nowhere")));
  EXPECT_THAT(Evaluate({"--layer", "pool6"}), Ends(1, HasSubstr("nearest name is 'pool5'")));
  EXPECT_THAT(Evaluate({"--channels", "4"}), Ends(1, HasSubstr("channels: want 1 to 3 for layer 'embedding'")));
  EXPECT_THAT(Evaluate({"--precision", "int8"}), Ends(1, HasSubstr("run onebyone-model calibrate")));
  EXPECT_THAT(Evaluate({"--reduction-name", "colours"}), Ends(1, HasSubstr("want the name of a reduction")));
  Label("in/00.bmp,a\n../secret.bmp,b\n");
  EXPECT_THAT(Evaluate({}),
              Ends(1, HasSubstr("labels.csv: line 3: want a file in the folder of labels.csv, got '../secret.bmp'")));
  std::filesystem::remove(set_ + "/labels.csv");
  EXPECT_THAT(Evaluate({}), Ends(1, HasSubstr(set_ + "/labels.csv: no such file")));
}

// The three figures as knn.py prints them.
std::string FiguresIn(const google::protobuf::Struct& row) {
  return absl::StrFormat("1-NN %.4f  5-NN %.4f  mAP %.4f\n", NumberIn(row, "one_nn"), NumberIn(row, "five_nn"),
                         NumberIn(row, "mean_average_precision"));
}

// By NumPy, on pictures and with a network that people use.
TEST(Evaluate, EqualsTheReferenceOnLabelledPhotographs) {
  constexpr char kPython[] = "/usr/bin/python3";
  const std::string nano = SourceFolder() + "/deploy/models/onebyone-nano";
  const std::string set = SharedFolder() + "/datasets/flowers-and-materials";
  SKIP_WITHOUT_SHARED("datasets/flowers-and-materials/labels.csv");
  SKIP_WITHOUT_SHARED("datasets/knn.py");
  if (!std::filesystem::exists(nano + "/model.onnx")) GTEST_SKIP() << nano << " is not there";
  if (RunProgramAt(kPython, {"-c", "import numpy"}).exit_code != 0) GTEST_SKIP() << kPython << " has no NumPy";
  const TemporaryFolder folder;
  const std::string file = folder / "features.npy";
  const std::vector<std::vector<std::string>> features = {{},
                                                          {"--layer", "map", "--pooling", "max", "--channels", "32"}};
  for (const std::vector<std::string>& feature : features) {
    std::vector<std::string> arguments = {"evaluate", "--bundle",       nano,     "--dataset", set, "--precision",
                                          "f32",      "--no-baselines", "--json", "--threads", "2", "--features-output",
                                          file};
    arguments.insert(arguments.end(), feature.begin(), feature.end());
    const ProgramRun run = Workbench(arguments);
    ASSERT_THAT(run, Succeeds()) << run;
    const ProgramRun reference = RunProgramAt(kPython, {SharedFolder() + "/datasets/knn.py", set, file});
    ASSERT_EQ(reference.exit_code, 0) << reference;
    EXPECT_THAT(reference.out, HasSubstr(FiguresIn(Rows(ParseJson(run.out)).values(0).struct_value())));
  }
}

// Figures of its card, with room for another CPU's rounding: one picture in 630 is 0.0016 of 1-NN.
TEST(Evaluate, FindsTheBundledModelAsGoodAsItsCardSays) {
  const std::string nano = SourceFolder() + "/deploy/models/onebyone-nano";
  SKIP_WITHOUT_SHARED("datasets/flowers-and-materials/labels.csv");
  if (!std::filesystem::exists(nano + "/model.onnx")) GTEST_SKIP() << nano << " is not there";
  const ProgramRun run =
      Workbench({"evaluate", "--bundle", nano, "--dataset", SharedFolder() + "/datasets/flowers-and-materials",
                 "--channels", "all,64", "--precision", "f32,int8", "--no-baselines", "--json"});
  ASSERT_THAT(run, Succeeds()) << run;
  const google::protobuf::Struct json = ParseJson(run.out);
  ASSERT_EQ(Rows(json).values_size(), 4) << run;
  const google::protobuf::Struct& whole = Rows(json).values(0).struct_value();
  EXPECT_GE(NumberIn(whole, "one_nn"), 0.78 - 0.005) << run;
  EXPECT_GE(NumberIn(whole, "mean_average_precision"), 0.47) << run;
  for (const google::protobuf::Value& row : Rows(json).values()) {  // int8 and 64 channels lose a point at most
    EXPECT_GE(NumberIn(row.struct_value(), "one_nn"), NumberIn(whole, "one_nn") - 0.01 - 0.005) << run;
    EXPECT_GE(NumberIn(row.struct_value(), "mean_average_precision"), NumberIn(whole, "mean_average_precision") - 0.01)
        << run;
  }
}

}  // namespace
}  // namespace onebyone::testing
