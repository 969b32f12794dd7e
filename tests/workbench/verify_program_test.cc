#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "engine/base/npy.h"
#include "tests/workbench/program_fixture.h"

namespace onebyone::testing {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;

// A bundle of the tiny network with one golden, made by the network itself from a picture of its own size.
class VerifyTest : public TinyBundleTest {
 protected:
  void SetUp() override {
    TinyBundleTest::SetUp();
    const std::string picture = folder_.Write("tiny/dot.bmp", BlueBitmap());
    ASSERT_THAT(Workbench({"run", "--bundle", bundle_, "--layer", "pool5", "--resize", "none", "--output",
                           folder_.path(), picture}),
                Succeeds());
    golden_ = ReadWhole(folder_ / "dot.pool5.npy");
    folder_.Write("tiny/dot.pool5.npy", golden_);
    config_ = ReadWhole(folder_ / "tiny/model_config.textproto") + "\n";
  }

  void AddGolden(const std::string& fields) const {
    folder_.Write("tiny/model_config.textproto",
                  config_ + "goldens { image: 'dot.bmp' layer: 'pool5' " + fields + " }");
  }

  // 32x32 pixels, 24 bits, all of one blue.
  static std::string BlueBitmap() {
    std::string file = {'B', 'M'};
    const auto append = [&file](uint32_t value, int bytes) {
      for (int i = 0; i < bytes; ++i) file.push_back(static_cast<char>(value >> (8 * i)));
    };
    append(54 + 32 * 32 * 3, 4);
    append(0, 4);
    append(54, 4);
    append(40, 4);
    append(32, 4);
    append(32, 4);
    append(1, 2);
    append(24, 2);
    for (int i = 0; i < 6; ++i) append(0, 4);
    for (int i = 0; i < 32 * 32; ++i) append(0x2040c0 + static_cast<uint32_t>(i), 3);
    return file;
  }

  // The golden with its first element changed.
  std::string Wrong(float by) const {
    NpyArray array = *ParseNpy(golden_);
    float first = 0;
    std::memcpy(&first, array.content.data(), sizeof(first));
    first += by;
    std::memcpy(array.content.data(), &first, sizeof(first));
    return FormatNpy(array.descr, array.shape, array.content);
  }

  std::string golden_;
  std::string config_;
};

TEST_F(VerifyTest, PassesWhereTheOutputsAreEqual) {
  AddGolden("output: 'dot.pool5.npy'");
  const ProgramRun verify = Workbench({"verify", "--bundle", bundle_});
  EXPECT_THAT(verify, Succeeds());
  EXPECT_THAT(verify.out, ContainsRegex("dot.bmp +pool5 .* ok"));
}

TEST_F(VerifyTest, FailsWhereAnOutputDiffers) {
  AddGolden("output: 'wrong.npy'");
  folder_.Write("tiny/wrong.npy", Wrong(0.1F));
  const ProgramRun verify = Workbench({"verify", "--bundle", bundle_});
  EXPECT_THAT(verify, Ends(1, HasSubstr("1 of 1 goldens failed")));
  EXPECT_THAT(verify.out, ContainsRegex("dot.bmp +pool5 .* FAILED"));
  AddGolden("output: 'wrong.npy' tolerance: 1");
  EXPECT_THAT(Workbench({"verify", "--bundle", bundle_}), Succeeds());
}

TEST_F(VerifyTest, FailsWhereTheGoldenIsOfAnotherShapeOrNotANumber) {
  AddGolden("output: 'wrong.npy'");
  folder_.Write("tiny/wrong.npy", FloatNpy({2, 2}, {1, 2, 3, 4}));
  EXPECT_THAT(Workbench({"verify", "--bundle", bundle_}).out, AllOf(HasSubstr("FAILED"), HasSubstr("[2, 2]")));
  folder_.Write("tiny/wrong.npy", Wrong(std::numeric_limits<float>::quiet_NaN()));
  EXPECT_THAT(Workbench({"verify", "--bundle", bundle_}), Ends(1, HasSubstr("1 of 1 goldens failed")));
}

TEST_F(VerifyTest, ReadsGoldensFromAFolderOfTheirOwn) {
  folder_.Write("reference/inputs/a.b.png", BlueBitmap());  // the format is told by the content
  folder_.Write("reference/a.b.pool5.npy", golden_);
  EXPECT_THAT(Workbench({"verify", "--bundle", bundle_, "--golden-folder", folder_ / "reference"}), Succeeds());
  folder_.Write("reference/a.b.pool6.npy", golden_);
  EXPECT_THAT(Workbench({"verify", "--bundle", bundle_, "--golden-folder", folder_ / "reference"}),
              Ends(1, HasSubstr("a.b.pool6.npy")));
}

TEST_F(VerifyTest, DoesNotPassWhereThereIsNothingToCompare) {
  EXPECT_THAT(Workbench({"verify", "--bundle", bundle_}), Ends(1, HasSubstr("no goldens")));
  EXPECT_THAT(Workbench({"verify", "--bundle", bundle_, "--golden-folder", folder_ / "tiny"}),
              Ends(1, HasSubstr("dot.pool5.npy")));
}

}  // namespace
}  // namespace onebyone::testing
