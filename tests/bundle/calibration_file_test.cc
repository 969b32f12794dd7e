#include "engine/bundle/calibration_file.h"

#include <gtest/gtest.h>

#include <limits>

#include "engine/bundle/bundle.h"
#include "tests/bundle/bundle_files.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::IsOk;
using ::onebyone::testing::kLeastConfig;
using ::onebyone::testing::ReadWhole;
using ::onebyone::testing::StatusIs;
using ::onebyone::testing::TemporaryFolder;
using ::onebyone::testing::WriteBundleFiles;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kSha256OfAbc[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

Calibration SomeCalibration() {
  Calibration calibration;
  calibration.method = "percentile";
  calibration.images = 12;
  calibration.ranges = {{"image", {.low = -2.5F, .high = 1.0F / 3}}, {"conv \"1\"\n", {.low = 0, .high = 1e30F}}};
  calibration.float_layers = {"conv \"1\"\n", "logits"};
  calibration.winograd_layers = {"conv2", "3a/3x3"};
  calibration.companded_layers = {"conv1"};
  calibration.fidelities = {{Precision::kInt8, 0.9951, 0.9871, 1}, {Precision::kBFloat16, 0.99995, 0.9999, 0.75}};
  return calibration;
}

TEST(CalibrationFile, IsReadBackTheSame) {
  const TemporaryFolder folder;
  const Calibration written = SomeCalibration();
  ASSERT_THAT(WriteCalibration(folder.path(), "abc", written), IsOk());
  ASSERT_OK_AND_ASSIGN(const Calibration read, ReadCalibration(folder.path(), "abc"));
  EXPECT_EQ(read.method, "percentile");
  EXPECT_EQ(read.images, 12);
  ASSERT_EQ(read.ranges.size(), 2U);
  for (const auto& [value, range] : written.ranges) {
    ASSERT_TRUE(read.ranges.contains(value)) << value;
    EXPECT_EQ(read.ranges.at(value).low, range.low);  // to the last bit
    EXPECT_EQ(read.ranges.at(value).high, range.high);
  }
  EXPECT_EQ(read.float_layers, written.float_layers);
  EXPECT_EQ(read.winograd_layers, written.winograd_layers);
  EXPECT_EQ(read.companded_layers, written.companded_layers);
  ASSERT_EQ(read.fidelities.size(), 2U);
  EXPECT_EQ(read.fidelities[0].precision, Precision::kInt8);
  EXPECT_EQ(read.fidelities[0].pooled_cosine, 0.9951);
  EXPECT_EQ(read.fidelities[0].map_cosine, 0.9871);
  EXPECT_EQ(read.fidelities[1].precision, Precision::kBFloat16);
  EXPECT_EQ(read.fidelities[1].top1_agreement, 0.75);
}

TEST(CalibrationFile, IsNotWrittenWhereItCouldNotBeRead) {
  const TemporaryFolder folder;
  Calibration calibration = SomeCalibration();
  calibration.ranges["image"].high = std::numeric_limits<float>::infinity();
  EXPECT_THAT(WriteCalibration(folder.path(), "abc", calibration),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("ranges[1]: want finite numbers")));
  EXPECT_THAT(ReadCalibration(folder.path(), "abc"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(WriteCalibration(folder / "nowhere", "abc", SomeCalibration()), StatusIs(absl::StatusCode::kUnavailable));
}

TEST(ReadBundle, TellsWhetherItIsCalibrated) {
  const TemporaryFolder folder;
  WriteBundleFiles(folder, "net", kLeastConfig);
  ASSERT_OK_AND_ASSIGN(const Bundle without, ReadBundle(folder / "net"));
  EXPECT_EQ(without.calibration, nullptr);
  ASSERT_THAT(WriteCalibration(folder / "net", kSha256OfAbc, SomeCalibration()), IsOk());
  ASSERT_OK_AND_ASSIGN(const Bundle with, ReadBundle(folder / "net"));
  ASSERT_NE(with.calibration, nullptr);
  EXPECT_EQ(with.calibration->images, 12);
}

TEST(ReadBundle, RefusesTheCalibrationOfAnotherModelUnlessItIsToBeReplaced) {
  const TemporaryFolder folder;
  WriteBundleFiles(folder, "net", kLeastConfig);
  ASSERT_THAT(WriteCalibration(folder / "net", "0123", SomeCalibration()), IsOk());
  EXPECT_THAT(ReadBundle(folder / "net"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("calibration.textproto: model_sha256: want that of model.onnx"),
                             HasSubstr("got '0123'"), HasSubstr("run onebyone-model calibrate again"))));
  ASSERT_OK_AND_ASSIGN(const Bundle bundle, ReadBundle(folder / "net", StoredCalibration::kIgnore));
  EXPECT_EQ(bundle.calibration, nullptr);
}

TEST(WriteBundle, WritesTheCalibrationOfItsModel) {
  const TemporaryFolder folder;
  Bundle bundle;
  bundle.calibration = std::make_shared<const Calibration>(SomeCalibration());
  ASSERT_THAT(WriteBundle(folder / "net", folder.Write("a.onnx", "abc"), bundle), IsOk());
  EXPECT_THAT(ReadWhole(folder / "net/calibration.textproto"), HasSubstr(kSha256OfAbc));
  ASSERT_OK_AND_ASSIGN(const Bundle read, ReadBundle(folder / "net"));
  ASSERT_NE(read.calibration, nullptr);
  EXPECT_THAT(read.calibration->float_layers, ElementsAre("conv \"1\"\n", "logits"));
}

TEST(WriteBundle, RemovesTheCalibrationOfAModelThatItReplaces) {
  const TemporaryFolder folder;
  Bundle bundle;
  bundle.calibration = std::make_shared<const Calibration>(SomeCalibration());
  ASSERT_THAT(WriteBundle(folder / "net", folder.Write("a.onnx", "abc"), bundle), IsOk());
  ASSERT_THAT(WriteBundle(folder / "net", folder.Write("b.onnx", "other"), Bundle(), IfBundleExists::kReplace), IsOk());
  ASSERT_OK_AND_ASSIGN(const Bundle read, ReadBundle(folder / "net"));
  EXPECT_EQ(read.calibration, nullptr);
}

}  // namespace
}  // namespace onebyone
