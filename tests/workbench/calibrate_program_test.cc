#include <gtest/gtest.h>

#include <filesystem>

#include "engine/base/file.h"
#include "tests/workbench/program_fixture.h"

namespace onebyone::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class CalibrateTest : public TinyBundleTest {
 protected:
  CalibrateTest() { folder_.Write("pictures/cat.jpg", ReadWhole(CatPicture())); }

  ProgramRun Calibrate(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments = {"calibrate", "--bundle", bundle_, "--images", pictures_};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Workbench(arguments);
  }
  std::string Written() const { return ReadWhole(bundle_ + "/calibration.textproto"); }

  const std::string pictures_ = folder_ / "pictures";
};

TEST_F(CalibrateTest, MakesTheBundleReadyForInt8) {
  const std::vector<std::string> run = {"run",  "--bundle", bundle_,         "--precision",
                                        "int8", "--output", folder_ / "out", CatPicture()};
  EXPECT_THAT(Workbench(run), Ends(1, HasSubstr("run onebyone-model calibrate")));
  const ProgramRun calibrated = Calibrate();
  ASSERT_THAT(calibrated, Succeeds());
  EXPECT_THAT(calibrated.out, AllOf(HasSubstr("pooled cosine"), HasSubstr("int8, max"), HasSubstr("int8, extreme"),
                                    HasSubstr("int8, percentile"), HasSubstr("int8, mse"),
                                    HasSubstr("calibration.textproto: method ")));
  EXPECT_THAT(Written(), AllOf(HasSubstr("model_sha256: \""), HasSubstr("images: 1"), HasSubstr("value: \"image\""),
                               HasSubstr("value: \"block/output\""), HasSubstr("precision: \"int8\"")));
  EXPECT_THAT(Workbench(run), Succeeds());
}

TEST_F(CalibrateTest, TakesTheMethodAndTheNumberOfFloatsThatAreAskedFor) {
  const ProgramRun one = Calibrate({"--method", "percentile", "--keep-float", "1"});
  ASSERT_THAT(one, Succeeds());
  EXPECT_THAT(one.out, AllOf(HasSubstr("1 values in float"), HasSubstr("; in float: ")));
  EXPECT_THAT(Written(), HasSubstr("method: \"percentile\""));
  ASSERT_THAT(Calibrate({"--method", "mse", "--keep-float", "0", "--threads", "2"}), Succeeds());
  EXPECT_THAT(Written(), AllOf(HasSubstr("method: \"mse\""), Not(HasSubstr("float_layers"))));
}

TEST_F(CalibrateTest, NamesFilesThatAreNoPictures) {
  const std::string text = folder_.Write("pictures/manifest.csv", "name,width\n");
  EXPECT_THAT(Calibrate(), Ends(0, AllOf(HasSubstr(text + ": skipped: "), Not(HasSubstr("cat.jpg")))));
}

TEST_F(CalibrateTest, WantsAtLeastOnePicture) {
  std::filesystem::create_directories(folder_ / "empty");
  EXPECT_THAT(Workbench({"calibrate", "--bundle", bundle_, "--images", folder_ / "empty"}),
              Ends(1, HasSubstr("want at least one picture in ")));
  EXPECT_THAT(Workbench({"calibrate", "--bundle", bundle_, "--images", "/nowhere"}),
              Ends(1, HasSubstr("want a folder of pictures, got /nowhere")));
  EXPECT_FALSE(std::filesystem::exists(bundle_ + "/calibration.textproto"));
}

TEST_F(CalibrateTest, ReplacesTheCalibrationOfAnotherModel) {
  folder_.Write("tiny/calibration.textproto", "model_sha256: 'old' method: 'max' images: 1");
  EXPECT_THAT(Workbench({"inspect", "--bundle", bundle_}), Ends(1, HasSubstr("run onebyone-model calibrate again")));
  ASSERT_THAT(Calibrate({"--method", "max"}), Succeeds());
  const ProgramRun inspect = Workbench({"inspect", "--bundle", bundle_});
  EXPECT_THAT(inspect, Succeeds());
  EXPECT_THAT(inspect.out, HasSubstr("by max on 1 pictures, int8 "));
}

TEST_F(CalibrateTest, IsForgottenWhereTheModelIsImportedAnew) {
  ASSERT_THAT(Calibrate({"--method", "max"}), Succeeds());
  const std::string onnx = folder_.Write("other.onnx", TinyInception(64));
  ASSERT_THAT(Workbench({"import", onnx, "--output", bundle_, "--force"}), Succeeds());
  EXPECT_FALSE(std::filesystem::exists(bundle_ + "/calibration.textproto"));
}

TEST_F(CalibrateTest, RefusesWrongUsage) {
  EXPECT_THAT(Calibrate({"--keep-float", "many"}), Ends(2, HasSubstr("want auto or a number")));
  EXPECT_THAT(Calibrate({"--keep-float", "-1"}), Ends(2, HasSubstr("--keep-float")));
  EXPECT_THAT(Calibrate({"--method", "entropy"}), Ends(2, HasSubstr("--method")));
  EXPECT_THAT(Workbench({"calibrate", "--bundle", bundle_}), Ends(2, HasSubstr("--images")));
}

}  // namespace
}  // namespace onebyone::testing
