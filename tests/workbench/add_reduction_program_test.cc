#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "absl/strings/str_split.h"
#include "tests/workbench/program_fixture.h"

namespace onebyone::testing {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

class AddReductionTest : public TinyBundleTest {
 protected:
  ProgramRun Add(const std::vector<std::string>& more) const {
    std::vector<std::string> arguments = {"add-reduction", "--bundle", bundle_, "--layer", "features"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Workbench(arguments);
  }
  ProgramRun AddNamed(const std::string& name, const std::vector<std::string>& more) const {
    std::vector<std::string> arguments = {"--name", name};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Add(arguments);
  }
  std::string Npy(const std::string& name, const std::vector<int64_t>& shape, float scale = 1) const {
    int64_t elements = 1;
    for (const int64_t extent : shape) elements *= extent;
    std::vector<float> numbers;
    for (int64_t i = 0; i < elements; ++i) numbers.push_back(scale * static_cast<float>(i % 5 - 2));
    return folder_.Write(name, FloatNpy(shape, numbers));
  }
};

// What "embedding" (alias "features") has: four channels, none below 0.
TEST_F(AddReductionTest, ServesHeadsOfAnyWidthByTheirNames) {
  for (const int64_t channels : {2, 4, 9}) {
    const std::string name = absl::StrCat("head", channels);
    ASSERT_THAT(AddNamed(name, {"--weights", Npy("w.npy", {channels, 4}), "--bias", Npy("b.npy", {channels})}),
                Succeeds());
    const ProgramRun run = Workbench({"run", "--bundle", bundle_, "--layer", "features", "--reduction-name", name,
                                      "--output", folder_ / "out", CatPicture()});
    ASSERT_THAT(run, Succeeds());
    EXPECT_THAT(run.out, HasSubstr(absl::StrCat("[", channels, "]")));
  }
  EXPECT_THAT(Workbench({"inspect", "--bundle", bundle_}).out,
              ContainsRegex("reduction +head9: head of embedding, 4 channels to 9\n"));
}

TEST_F(AddReductionTest, ChainsTwoConvolutionsInTheOrderOfTheFlags) {
  const std::string first = Npy("first.npy", {3, 4});
  const std::string second = Npy("second.npy", {5, 3}, -1);
  ASSERT_THAT(AddNamed("chain", {"--weights", first, "--bias", Npy("b3.npy", {3}), "--relu", "--weights", second,
                                 "--bias", Npy("b5.npy", {5})}),
              Succeeds());
  const std::string list = ReadWhole(bundle_ + "/reductions.textproto");
  EXPECT_THAT(list, AllOf(HasSubstr("hidden {"), HasSubstr("kind: HEAD")));
  const std::vector<std::string> parts = absl::StrSplit(list, "hidden {");
  EXPECT_THAT(parts[0], Not(HasSubstr("relu")));
  EXPECT_THAT(parts[1], HasSubstr("relu: true"));
  EXPECT_THAT(Workbench({"inspect", "--bundle", bundle_}).out, HasSubstr("4 channels to 3 to 5"));
}

TEST_F(AddReductionTest, SaysWhatDoesNotFitAndWritesNothing) {
  const std::string good = Npy("w.npy", {2, 4});
  const std::string nan = folder_.Write("nan.npy", FloatNpy({1, 4}, {1, 2, std::nanf(""), 4}));
  const std::string wide = folder_.Write("f8.npy", FormatNpy("<f8", {1, 1}, std::string(8, '\0')));
  EXPECT_THAT(AddNamed("h", {"--weights", nan}),
              Ends(1, HasSubstr("--weights: " + nan + ": want finite numbers, got NaN at [0, 2]")));
  EXPECT_THAT(AddNamed("h", {"--weights", Npy("v.npy", {4})}), Ends(1, HasSubstr("want shape [K, C], got [4]")));
  EXPECT_THAT(AddNamed("h", {"--weights", wide}), Ends(1, HasSubstr("want float32 elements (<f4), got <f8")));
  EXPECT_THAT(AddNamed("h", {"--weights", "/nowhere.npy"}), Ends(1, HasSubstr("/nowhere.npy: no such file")));
  EXPECT_THAT(AddNamed("h", {"--weights", Npy("w5.npy", {2, 5})}),
              Ends(1, HasSubstr("want [K, 4] with K up to 4096, since layer 'embedding' has 4 channels, got [2, 5]")));
  EXPECT_THAT(AddNamed("h", {"--weights", good, "--bias", Npy("b3.npy", {3})}),
              Ends(1, HasSubstr("want [2], a number for each row of the weights, got [3]")));
  EXPECT_THAT(AddNamed("h", {"--weights", good, "--weights", good}),
              Ends(1, HasSubstr("since the convolution before has 2 channels, got [2, 4]")));
  EXPECT_THAT(Workbench({"add-reduction", "--bundle", bundle_, "--layer", "feature", "--name", "h", "--weights", good}),
              Ends(1, HasSubstr("the nearest name is 'features'")));
  EXPECT_FALSE(std::filesystem::exists(bundle_ + "/reductions.textproto"));
  ASSERT_THAT(AddNamed("h", {"--weights", good}), Succeeds());
  EXPECT_THAT(
      AddNamed("h", {"--weights", good}),
      Ends(1, HasSubstr("want one that no reduction of the bundle has, got 'h', which is of layer 'embedding'")));
}

TEST_F(AddReductionTest, RefusesWrongUsage) {
  const std::string good = Npy("w.npy", {2, 4});
  EXPECT_THAT(AddNamed("h", {}), Ends(2, HasSubstr("--weights")));
  EXPECT_THAT(Add({"--weights", good}), Ends(2, HasSubstr("--name")));
  EXPECT_THAT(AddNamed("h", {"--relu", "--weights", good}), Ends(2, HasSubstr("--relu")));
  EXPECT_THAT(AddNamed("h", {"--bias", good, "--weights", good}), Ends(2, HasSubstr("--bias")));
  EXPECT_THAT(AddNamed("h", {"--weights", good, "--bias", good, "--bias", good}), Ends(2, HasSubstr("--bias")));
  EXPECT_THAT(AddNamed("h", {"--weights", good, "--weights", good, "--weights", good}),
              Ends(1, HasSubstr("a chain of two, got 3")));
}

}  // namespace
}  // namespace onebyone::testing
