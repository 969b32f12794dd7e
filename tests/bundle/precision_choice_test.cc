#include "engine/precision_choice.h"

#include <gtest/gtest.h>

#include "engine/kernels/onednn/layout.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::IsOkAndHolds;
using ::onebyone::testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr Fidelity kGoodInt8 = {Precision::kInt8, /*pooled_cosine=*/0.99, /*map_cosine=*/0.98, /*top1_agreement=*/1};
constexpr Fidelity kGoodBFloat16 = {Precision::kBFloat16, /*pooled_cosine=*/0.999, /*map_cosine=*/0.5,
                                    /*top1_agreement=*/1};

Bundle Calibrated(const std::vector<Fidelity>& fidelities) {
  Calibration calibration;
  calibration.fidelities = fidelities;
  Bundle bundle;
  bundle.calibration = std::make_shared<const Calibration>(calibration);
  return bundle;
}

TEST(ChoosePrecision, TakesWhatIsAskedFor) {
  EXPECT_THAT(ChoosePrecision({}, PrecisionChoice::kFloat32), IsOkAndHolds(Precision::kFloat32));
  EXPECT_THAT(ChoosePrecision({}, PrecisionChoice::kBFloat16), IsOkAndHolds(Precision::kBFloat16));
  EXPECT_THAT(ChoosePrecision(Calibrated({}), PrecisionChoice::kInt8), IsOkAndHolds(Precision::kInt8));
}

TEST(ChoosePrecision, NamesTheCommandThatInt8Lacks) {
  Bundle bundle;
  bundle.name = "net";
  EXPECT_THAT(ChoosePrecision(bundle, PrecisionChoice::kInt8),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("got 'net'"), HasSubstr("run onebyone-model calibrate"))));
}

TEST(ChoosePrecision, OfItselfStaysFloat32WhereNothingIsKnown) {
  EXPECT_THAT(ChoosePrecision({}, PrecisionChoice::kAuto), IsOkAndHolds(Precision::kFloat32));
  EXPECT_THAT(ChoosePrecision(Calibrated({}), PrecisionChoice::kAuto), IsOkAndHolds(Precision::kFloat32));
}

TEST(ChoosePrecision, OfItselfIsTheFastestThatIsFaithful) {
  EXPECT_THAT(ChoosePrecision(Calibrated({kGoodBFloat16, kGoodInt8}), PrecisionChoice::kAuto),
              IsOkAndHolds(Precision::kInt8));
  Fidelity bad = kGoodInt8;
  bad.map_cosine = 0.97;
  EXPECT_THAT(ChoosePrecision(Calibrated({kGoodBFloat16, bad}), PrecisionChoice::kAuto),
              IsOkAndHolds(HasBFloat16() ? Precision::kBFloat16 : Precision::kFloat32));
  EXPECT_THAT(ChoosePrecision(Calibrated({bad}), PrecisionChoice::kAuto), IsOkAndHolds(Precision::kFloat32));
}

TEST(IsFaithful, WantsEveryBound) {
  EXPECT_TRUE(IsFaithful(kGoodInt8));
  EXPECT_TRUE(IsFaithful(kGoodBFloat16));
  for (const Fidelity& good : {kGoodInt8, kGoodBFloat16}) {
    Fidelity bad = good;
    bad.pooled_cosine -= 0.001;
    EXPECT_FALSE(IsFaithful(bad)) << NameOf(bad.precision);
    bad = good;
    bad.top1_agreement = 0.99;
    EXPECT_FALSE(IsFaithful(bad)) << NameOf(bad.precision);
  }
}

}  // namespace
}  // namespace onebyone
