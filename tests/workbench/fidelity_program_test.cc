#include <gtest/gtest.h>

#include <filesystem>

#include "tests/workbench/program_fixture.h"

namespace onebyone::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::string Samples() { return SourceFolder() + "/deploy/samples"; }

class FidelityTest : public TinyBundleTest {
 protected:
  ProgramRun Fidelity(const std::vector<std::string>& more) const {
    std::vector<std::string> arguments = {"fidelity", "--bundle", bundle_, "--images", pictures_};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Workbench(arguments);
  }
  void SetUp() override {
    TinyBundleTest::SetUp();
    folder_.Write("pictures/cat.jpg", ReadWhole(CatPicture()));
    folder_.Write("pictures/same.jpg", ReadWhole(CatPicture()));
  }

  const std::string pictures_ = folder_ / "pictures";
};

TEST_F(FidelityTest, OfFloat32ToItselfIsFull) {
  const ProgramRun run = Fidelity({"--precision", "f32", "--json"});
  ASSERT_THAT(run, Succeeds());
  const auto json = ParseJson(run.out);
  EXPECT_EQ(StringIn(json, "model"), "tiny");
  EXPECT_EQ(StringIn(json, "precision"), "f32");
  EXPECT_EQ(NumberIn(json, "images"), 2);
  EXPECT_NEAR(NumberIn(json, "pooled_cosine"), 1, 1e-6);
  EXPECT_NEAR(NumberIn(json, "map_cosine"), 1, 1e-6);
  EXPECT_EQ(NumberIn(json, "top1_agreement"), 1);
}

TEST_F(FidelityTest, ComparesTheLayersThatPeopleTakeFeaturesFrom) {
  const ProgramRun run = Fidelity({"--precision", "f32"});
  ASSERT_THAT(run, Succeeds());
  EXPECT_THAT(run.out, AllOf(HasSubstr("tiny, f32 against exact float32, 2 pictures"), HasSubstr("block/output"),
                             HasSubstr("embedding"), HasSubstr("top-1 agreement 1.0000"),
                             Not(HasSubstr("\n3x3_reduce ")), Not(HasSubstr("\n3x3 "))));
}

TEST_F(FidelityTest, ComparesTheLayersThatAreNamed) {
  const ProgramRun run = Fidelity({"--precision", "f32", "--layer", "features", "--layer", "pool5", "--threads", "2"});
  ASSERT_THAT(run, Succeeds());
  EXPECT_THAT(run.out, AllOf(HasSubstr("pool5"), HasSubstr("embedding"), Not(HasSubstr("block/output"))));
  EXPECT_THAT(Fidelity({"--layer", "pool6"}), Ends(1, HasSubstr("nearest name is 'pool5'")));
}

TEST_F(FidelityTest, WantsACalibrationForInt8) {
  EXPECT_THAT(Fidelity({"--precision", "int8"}), Ends(1, HasSubstr("run onebyone-model calibrate")));
}

// The whole way with a network that people use.
TEST(Fidelity, OfTheCalibratedBundledModelOnItsOwnPicturesIsWhatTheCalibrationStatesOfOthersOrBetter) {
  const std::string nano = SourceFolder() + "/deploy/models/onebyone-nano";
  if (!std::filesystem::exists(nano + "/model.onnx")) GTEST_SKIP() << nano << " is not there";
  const TemporaryFolder folder;
  const std::string bundle = folder / "onebyone-nano";
  std::filesystem::copy(nano, bundle);
  std::filesystem::remove(bundle + "/calibration.textproto");
  const ProgramRun calibrated =
      Workbench({"calibrate", "--bundle", bundle, "--images", Samples(), "--threads", "2", "--method", "mse"});
  ASSERT_EQ(calibrated.exit_code, 0) << calibrated;
  EXPECT_THAT(calibrated.err, HasSubstr("README.md: skipped: "));

  const ProgramRun run =
      Workbench({"fidelity", "--bundle", bundle, "--images", Samples(), "--precision", "int8", "--json"});
  ASSERT_EQ(run.exit_code, 0) << run;
  const auto json = ParseJson(run.out);
  EXPECT_EQ(StringIn(json, "precision"), "int8");
  EXPECT_GE(NumberIn(json, "pooled_cosine"), 0.98);
  EXPECT_GE(NumberIn(json, "map_cosine"), 0.9);
  const std::string stated = ReadWhole(bundle + "/calibration.textproto");
  const size_t at = stated.find("pooled_cosine: ", stated.find("precision: \"int8\""));
  ASSERT_NE(at, std::string::npos) << stated;
  EXPECT_LE(std::stod(stated.substr(at + 15)), NumberIn(json, "pooled_cosine") + 1e-4);
}

}  // namespace
}  // namespace onebyone::testing
