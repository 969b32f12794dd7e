#include "engine/precision_choice.h"

#include <gtest/gtest.h>

#include "engine/kernels/onednn/bfloat16_speed.h"
#include "engine/kernels/onednn/layout.h"

namespace onebyone {
namespace {

constexpr Fidelity kGoodInt8 = {Precision::kInt8, /*pooled_cosine=*/0.99, /*map_cosine=*/0.98, /*top1_agreement=*/1,
                                /*largest_weight=*/64};
constexpr Fidelity kGoodBFloat16 = {Precision::kBFloat16, /*pooled_cosine=*/0.999, /*map_cosine=*/0.5,
                                    /*top1_agreement=*/1};

Bundle Calibrated(const std::vector<Fidelity>& fidelities) {
  Calibration calibration;
  calibration.fidelities = fidelities;
  Bundle bundle;
  bundle.calibration = std::make_shared<const Calibration>(calibration);
  return bundle;
}

Precision Choose(const Bundle& bundle, PrecisionChoice choice) { return ChoosePrecision(bundle, Graph(), choice); }

TEST(ChoosePrecision, TakesWhatIsAskedFor) {
  EXPECT_EQ(Choose({}, PrecisionChoice::kFloat32), Precision::kFloat32);
  EXPECT_EQ(Choose({}, PrecisionChoice::kBFloat16), Precision::kBFloat16);
  EXPECT_EQ(Choose(Calibrated({}), PrecisionChoice::kInt8), Precision::kInt8);
}

TEST(ChoosePrecision, OfItselfStaysFloat32WhereNothingIsKnown) {
  EXPECT_EQ(Choose({}, PrecisionChoice::kAuto), Precision::kFloat32);
  EXPECT_EQ(Choose(Calibrated({}), PrecisionChoice::kAuto), Precision::kFloat32);
}

TEST(ChoosePrecision, OfItselfIsTheFastestThatIsFaithful) {
  EXPECT_EQ(Choose(Calibrated({kGoodBFloat16, kGoodInt8}), PrecisionChoice::kAuto), Precision::kInt8);
  Fidelity bad = kGoodInt8;
  bad.map_cosine = 0.97;
  EXPECT_EQ(Choose(Calibrated({kGoodBFloat16, bad}), PrecisionChoice::kAuto),
            IsBFloat16Faster() ? Precision::kBFloat16 : Precision::kFloat32);
  EXPECT_EQ(Choose(Calibrated({bad}), PrecisionChoice::kAuto), Precision::kFloat32);
}

TEST(IsBFloat16Faster, SaysTheSameEachTimeAndNeverOfACpuWithoutBFloat16) {
  EXPECT_EQ(IsBFloat16Faster(), IsBFloat16Faster());
  EXPECT_TRUE(HasBFloat16() || !IsBFloat16Faster());
}

TEST(ChoosePrecision, OfItselfTrustsNoInt8ThatWasMeasuredOnACpuOfFinerBytes) {
  Fidelity finer = kGoodInt8;
  finer.largest_weight = LargestByteWeight() + 1;
  EXPECT_EQ(Choose(Calibrated({finer}), PrecisionChoice::kAuto), Precision::kFloat32);
}

TEST(ChoosePrecision, OfItselfIsInt8ForANetworkThatIsQuantizedAlready) {
  Graph network;
  const ValueId x = *network.AddInput("x", DataType::kFloat32, {1});
  const ValueId scale = *network.AddConstant("scale", *Tensor::Create(DataType::kFloat32, {}));
  ASSERT_TRUE(network.AddNode(OpType::kQuantizeLinear, "q", QuantizeAttributes{}, {x, scale}, {"q"}).ok());
  EXPECT_EQ(ChoosePrecision({}, network, PrecisionChoice::kAuto), Precision::kInt8);
  EXPECT_EQ(ChoosePrecision(Calibrated({}), network, PrecisionChoice::kAuto), Precision::kFloat32);
}

TEST(IsFaithful, WantsEveryBound) {
  EXPECT_TRUE(IsFaithful(kGoodInt8));
  EXPECT_TRUE(IsFaithful(kGoodBFloat16));
  for (const Fidelity& good : {kGoodInt8, kGoodBFloat16}) {
    Fidelity bad = good;
    bad.pooled_cosine -= 0.001;
    EXPECT_FALSE(IsFaithful(bad)) << NameOf(bad.precision);
    bad = good;
    bad.top1_agreement = 0.94;  // more than one picture in twenty
    EXPECT_FALSE(IsFaithful(bad)) << NameOf(bad.precision);
  }
}

}  // namespace
}  // namespace onebyone
