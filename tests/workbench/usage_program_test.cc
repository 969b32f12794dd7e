#include <gtest/gtest.h>

#include "tests/workbench/program_fixture.h"

namespace onebyone::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StrEq;

TEST(WorkbenchUsage, HelpsOnItselfAndOnEachCommand) {
  const ProgramRun help = Workbench({"--help"});
  EXPECT_THAT(help, Succeeds());
  for (const char* command : {"import", "inspect", "run", "verify", "bench", "cost", "calibrate", "fidelity",
                              "evaluate", "fit-reduction", "add-reduction"}) {
    EXPECT_THAT(help.out, HasSubstr(command));
    const ProgramRun own = Workbench({command, "--help"});
    EXPECT_THAT(own, Succeeds()) << command;
    EXPECT_THAT(own.out, HasSubstr(command == std::string("import") ? "--preset" : "--bundle"));
  }
}

TEST(WorkbenchUsage, EndsWithTwoAfterWrongUsage) {
  const std::vector<std::vector<std::string>> wrong = {
      {},
      {"fly"},
      {"inspect"},
      {"inspect", "--bundle"},
      {"inspect", "--bundle", "x", "--wings"},
      {"import", "--output", "x"},
      {"import", "a.onnx"},
      {"import", "a.onnx", "--output", "x", "--preset", "keras"},
      {"import", "a.onnx", "--output", "x", "--color", "cmyk"},
      {"import", "a.onnx", "--output", "x", "--mean", "1,2"},
      {"import", "a.onnx", "--output", "x", "--mean", "1,2,many"},
      {"import", "a.onnx", "--output", "x", "--std", "1,0,1"},
      {"import", "a.onnx", "--output", "x", "--scale", "-1"},
      {"import", "a.onnx", "--output", "x", "--input-size", "0"},
      {"import", "a.onnx", "--output", "x", "--input-size", "1000000"},
      {"import", "a.onnx", "--output", "x", "--alias", "nothing"},
      {"run", "--bundle", "x", "--output", "y"},
      {"run", "--bundle", "x", "a.jpg"},
      {"run", "--bundle", "x", "--output", "y", "--channels", "0", "a.jpg"},
      {"run", "--bundle", "x", "--output", "y", "--channels", "-3", "a.jpg"},
      {"run", "--bundle", "x", "--output", "y", "--precision", "f64", "a.jpg"},
      {"run", "--bundle", "x", "--output", "y", "--resize", "stretch", "a.jpg"},
      {"run", "--bundle", "x", "--output", "y", "--threads", "0", "a.jpg"},
      {"bench", "--bundle", "x", "--runs", "0"},
      {"verify", "--bundle", "x", "--tolerance", "-1"},
      {"calibrate", "--bundle", "x"},
      {"calibrate", "--bundle", "x", "--images", "y", "--method", "entropy"},
      {"calibrate", "--bundle", "x", "--images", "y", "--keep-float", "-1"},
      {"fidelity", "--images", "x"},
      {"fidelity", "--bundle", "x", "--images", "y", "--precision", "f64"},
      {"evaluate", "--bundle", "x"},
      {"evaluate", "--dataset", "x"},
      {"evaluate", "--bundle", "x", "--dataset", "y", "--pooling", "median"},
      {"evaluate", "--bundle", "x", "--dataset", "y", "--precision", "f32,f64"},
      {"evaluate", "--bundle", "x", "--dataset", "y", "--channels", "0"},
      {"evaluate", "--bundle", "x", "--dataset", "y", "--channels", "64,some"},
      {"evaluate", "--bundle", "x", "--dataset", "y", "--threads", "0"},
      {"evaluate", "--bundle", "x", "--dataset", "y", "--no-baselines", "--random-weights"},
      {"fit-reduction", "--bundle", "x", "--images", "y"},
      {"fit-reduction", "--bundle", "x", "--layer", "y"},
      {"fit-reduction", "--bundle", "x", "--layer", "y", "--images", "z", "--max-channels", "0"},
      {"fit-reduction", "--bundle", "x", "--layer", "y", "--images", "z", "--threads", "0"},
      {"add-reduction", "--bundle", "x", "--layer", "y", "--name", "z"},
  };
  for (const std::vector<std::string>& arguments : wrong) {
    EXPECT_THAT(Workbench(arguments), Ends(2, Not(StrEq("")))) << ::testing::PrintToString(arguments);
  }
}

TEST(WorkbenchUsage, EndsWithOneWhereThereIsNoBundle) {
  for (const char* command : {"inspect", "verify", "bench", "cost"}) {
    EXPECT_THAT(Workbench({command, "--bundle", "/nowhere"}), Ends(1, HasSubstr("/nowhere: no such folder")))
        << command;
  }
  EXPECT_THAT(Workbench({"run", "--bundle", "/nowhere", "--output", "/nowhere", "a.jpg"}),
              Ends(1, HasSubstr("/nowhere: no such folder")));
}

}  // namespace
}  // namespace onebyone::testing
