#include <gtest/gtest.h>

#include <limits>
#include <vector>

#include "engine/bundle/bundle.h"
#include "tests/bundle/bundle_files.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::FloatNpy;
using ::onebyone::testing::kLeastConfig;
using ::onebyone::testing::StatusIs;
using ::onebyone::testing::TemporaryFolder;
using ::onebyone::testing::WriteBundleFiles;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Reads a bundle with one reduction of two rows over three channels, its files and fields as given.
class StoredReductionTest : public ::testing::Test {
 protected:
  absl::StatusOr<Bundle> Read(absl::string_view fields = "") {
    folder_.Write("net/w.npy", weights_);
    folder_.Write("net/b.npy", bias_);
    WriteBundleFiles(
        folder_, "net",
        absl::StrCat(kLeastConfig, "reductions { name: 'pca' layer: 'pool' weights: 'w.npy' bias: 'b.npy' ", fields,
                     "}", others_));
    return ReadBundle(folder_ / "net");
  }

  const TemporaryFolder folder_;
  std::string weights_ = FloatNpy({2, 3}, {1, 2, 3, 4, 5, 6});
  std::string bias_ = FloatNpy({2}, {7, 8});
  std::string others_;
};

TEST_F(StoredReductionTest, IsReadWithItsNumbers) {
  ASSERT_OK_AND_ASSIGN(const Bundle bundle, Read("relu: true explained_variance: [0.5, 0.75]"));
  ASSERT_EQ(bundle.reductions.size(), 1U);
  const Reduction& reduction = *bundle.reductions[0];
  EXPECT_EQ(reduction.name, "pca");
  EXPECT_EQ(reduction.layer, "pool");
  EXPECT_EQ(reduction.max_channels(), 2);
  EXPECT_EQ(reduction.layer_channels(), 3);
  EXPECT_THAT(std::vector<float>(reduction.weights.As<float>(), reduction.weights.As<float>() + 6),
              ElementsAre(1, 2, 3, 4, 5, 6));
  ASSERT_TRUE(reduction.bias.has_value());
  EXPECT_EQ(reduction.bias->As<float>()[1], 8);
  EXPECT_TRUE(reduction.relu);
  EXPECT_THAT(reduction.explained_variance, ElementsAre(0.5, 0.75));
}

TEST_F(StoredReductionTest, RefusesWeightsThatAreNoFiniteFloatMatrix) {
  weights_ = FloatNpy({2, 3}, {1, 2, std::numeric_limits<float>::quiet_NaN(), 4, 5, 6});
  EXPECT_THAT(Read(), StatusIs(absl::StatusCode::kInvalidArgument,
                               HasSubstr("reductions[0].weights: w.npy: want finite numbers, got NaN at [0, 2]")));
  weights_ = FloatNpy({2, 3}, {1, 2, 3, 4, 5, std::numeric_limits<float>::infinity()});
  EXPECT_THAT(Read(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("finite")));
  weights_ = FloatNpy({6}, {1, 2, 3, 4, 5, 6});
  EXPECT_THAT(Read(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("want shape [K, C], got [6]")));
  weights_ = FloatNpy({0, 3}, {});
  EXPECT_THAT(Read(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("got [0, 3]")));
  weights_ = FormatNpy("<f8", {1, 1}, std::string(8, '\0'));
  EXPECT_THAT(Read(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("got <f8")));
  weights_ = FloatNpy({2, 3}, {1, 2, 3, 4, 5, 6}).substr(0, 100);
  EXPECT_THAT(Read(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("w.npy: npy: ")));
  weights_ = "no npy";
  EXPECT_THAT(Read(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("w.npy: npy: ")));
}

TEST_F(StoredReductionTest, RefusesABiasOfAnotherLength) {
  bias_ = FloatNpy({3}, {1, 2, 3});
  EXPECT_THAT(Read(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("reductions[0].bias: want 2 numbers")));
}

TEST_F(StoredReductionTest, RefusesSharesThatAreNone) {
  for (const char* shares : {"[0.5]", "[0.5, 0.4]", "[0.5, 1.5]", "[-0.5, 0.5]", "[0.5, nan]"}) {
    EXPECT_THAT(Read(absl::StrCat("explained_variance: ", shares)),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("reductions[0].explained_variance")))
        << shares;
  }
}

TEST_F(StoredReductionTest, RefusesRangesThatAreNone) {
  for (const char* ranges : {"[{low: 0 high: 1}]", "[{low: 0 high: 1}, {low: 2 high: 1}]",
                             "[{low: 0 high: 1}, {low: -inf high: 1}]", "[{low: 0 high: nan}, {}]"}) {
    EXPECT_THAT(Read(absl::StrCat("ranges: ", ranges)),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("reductions[0].ranges")))
        << ranges;
  }
}

TEST_F(StoredReductionTest, RefusesASecondOfTheSameNameOrLayer) {
  others_ = "reductions { name: 'pca' layer: 'conv' weights: 'w.npy' }";
  EXPECT_THAT(Read(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("reductions[1].name")));
  others_ = "reductions { name: 'other' layer: 'pool' weights: 'w.npy' }";
  EXPECT_THAT(Read(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("reductions[1].layer")));
}

TEST_F(StoredReductionTest, AllowsHeadsBesideTheFittedOne) {
  others_ = "reductions { name: 'other' layer: 'pool' kind: HEAD weights: 'w.npy' relu: true }";
  ASSERT_OK_AND_ASSIGN(const Bundle bundle, Read());
  ASSERT_EQ(bundle.reductions.size(), 2U);
  EXPECT_EQ(bundle.reductions[0]->kind, Reduction::Kind::kFitted);
  EXPECT_EQ(bundle.reductions[1]->kind, Reduction::Kind::kHead);
}

TEST_F(StoredReductionTest, RefusesWeightsOutsideTheBundle) {
  others_ = "reductions { name: 'other' layer: 'conv' weights: '../w.npy' }";
  EXPECT_THAT(Read(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("reductions[1].weights")));
}

}  // namespace
}  // namespace onebyone
