#include "engine/reduction/random_projection.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "engine/reduction/orthonormal_rows.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using testing::IsOk;
using testing::StatusIs;

Reduction Project(int64_t layer_channels, int64_t channels, uint64_t seed = 7) {
  absl::StatusOr<Reduction> reduction = RandomProjection("layer", layer_channels, channels, seed);
  EXPECT_THAT(reduction, IsOk());
  return *std::move(reduction);
}

double Dot(const Reduction& reduction, int64_t a, int64_t b) {
  double sum = 0.0;
  const int64_t length = reduction.layer_channels();
  for (int64_t i = 0; i < length; ++i) {
    sum += static_cast<double>(reduction.weights.As<float>()[a * length + i]) *
           reduction.weights.As<float>()[b * length + i];
  }
  return sum;
}

class RandomProjectionSize : public ::testing::TestWithParam<std::pair<int64_t, int64_t>> {};

TEST_P(RandomProjectionSize, HasOrthogonalRowsThatKeepSquaredDistances) {
  const auto [layer_channels, channels] = GetParam();
  const Reduction reduction = Project(layer_channels, channels);
  ASSERT_EQ(reduction.weights.shape().ToString(), (Shape{channels, layer_channels}).ToString());
  const double square = static_cast<double>(layer_channels) / static_cast<double>(channels);
  for (int64_t a = 0; a < channels; ++a) {
    EXPECT_NEAR(Dot(reduction, a, a) / square, 1.0, 1e-6);
    for (int64_t b = 0; b < a; ++b) ASSERT_NEAR(Dot(reduction, a, b) / square, 0.0, 1e-6) << a << " " << b;
  }
}

INSTANTIATE_TEST_SUITE_P(All, RandomProjectionSize,
                         ::testing::Values(std::pair{2, 1}, std::pair{3, 2}, std::pair{17, 16}, std::pair{64, 63},
                                           std::pair{100, 33}, std::pair{256, 255}, std::pair{1024, 64}));

TEST(RandomProjection, ForFewerChannelsIsTheFirstRowsOfALargerOne) {
  const Reduction large = Project(100, 50);
  for (const int64_t channels : {1, 15, 16, 17, 49}) {
    const Reduction small = Project(100, channels);
    const double scale = std::sqrt(50.0 / static_cast<double>(channels));
    for (int64_t i = 0; i < channels * 100; ++i) {
      const double wanted = large.weights.As<float>()[i] * scale;
      ASSERT_NEAR(small.weights.As<float>()[i], wanted, 1e-6 * std::abs(wanted)) << channels << " " << i;
    }
  }
}

TEST(RandomProjection, GivesTheSameBitsForTheSameArguments) {
  const Reduction first = Project(64, 20);
  const Reduction second = Project(64, 20);
  for (int64_t i = 0; i < 64 * 20; ++i) ASSERT_EQ(first.weights.As<float>()[i], second.weights.As<float>()[i]);
  EXPECT_EQ(first.name, second.name);
  const Reduction other = Project(64, 20, /*seed=*/8);
  EXPECT_NE(first.weights.As<float>()[0], other.weights.As<float>()[0]);
  EXPECT_NE(first.name, other.name);
}

TEST(RandomProjection, IsTheSameOnEveryMachine) {
  // Bits that were computed once; a machine or compiler that computes others breaks stored features.
  const Reduction reduction = Project(8, 3, /*seed=*/2026);
  const std::vector<float> wanted = {-0.550472319F, -0.68059063F,  -0.102004059F, 0.105315544F,  0.186672449F,
                                     1.21854186F,   -0.292763263F, 0.523016214F,  -0.279997349F, -0.381049603F,
                                     -0.374524295F, 0.335991263F,  -1.00801098F,  0.233235046F,  0.112209484F,
                                     -1.05206227F,  -1.16506135F,  0.382837474F,  -0.415571034F, 0.0390466265F,
                                     -0.443338513F, -0.603494227F, -0.274810761F, 0.593493879F};
  for (size_t i = 0; i < wanted.size(); ++i) EXPECT_EQ(reduction.weights.As<float>()[i], wanted[i]) << i;
}

TEST(RandomProjection, WantsAtLeastOneChannelAndFewerThanTheLayer) {
  const auto code = absl::StatusCode::kInvalidArgument;
  EXPECT_THAT(RandomProjection("3a", 64, 0, 1), StatusIs(code, AllOf(HasSubstr("1 to 63"), HasSubstr("got 0"))));
  EXPECT_THAT(RandomProjection("3a", 64, -5, 1), StatusIs(code, HasSubstr("got -5")));
  EXPECT_THAT(RandomProjection("3a", 64, 64, 1), StatusIs(code, HasSubstr("got 64")));
  EXPECT_THAT(RandomProjection("3a", -1, 1, 1), StatusIs(code));
}

TEST(RandomProjection, RefusesWhatWouldTakeMinutes) {
  const auto code = absl::StatusCode::kInvalidArgument;
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  EXPECT_THAT(RandomProjection("flat", 100'000, 99'999, 1), StatusIs(code, HasSubstr("at most 41")));
  EXPECT_THAT(RandomProjection("flat", kMost, kMost - 1, 1), StatusIs(code));
  EXPECT_THAT(RandomProjection("flat", 100'000, 41, 1), IsOk());
}

TEST(MakeOrthonormal, KeepsNearlyDependentRowsApart) {
  std::vector<double> rows = {1.0, 0.0, 0.0, 1.0, 1e-7, 0.0, 1.0, 1e-7, 1e-7};
  MakeOrthonormal(absl::MakeSpan(rows), 3, 3);
  for (size_t i = 0; i < 9; ++i) EXPECT_NEAR(rows[i], i % 4 == 0 ? 1.0 : 0.0, 1e-15) << i;
}

}  // namespace
}  // namespace onebyone
