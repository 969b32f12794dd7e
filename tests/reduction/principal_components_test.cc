#include "engine/reduction/principal_components.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/reduction/normal_numbers.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::testing::HasSubstr;
using testing::StatusIs;

// Pixels whose channels depend on each other: channel c is a mixture of c + 1 normal numbers, around c.
PixelMoments Mixture(int64_t channels, int64_t pixels) {
  Tensor map = *Tensor::Create(DataType::kFloat32, {channels, pixels, 1});
  NormalNumbers normal(/*seed=*/9);
  for (int64_t i = 0; i < pixels; ++i) {
    double sum = 0.0;
    for (int64_t c = 0; c < channels; ++c) {
      sum += normal.Next() * std::cos(static_cast<double>(3 * c));
      map.As<float>()[c * pixels + i] = static_cast<float>(sum + static_cast<double>(c));
    }
  }
  return *MomentsOf(map.view());
}

// Plain Jacobi: eigenvalues on the diagonal of `a`, eigenvectors in the columns of the result.
std::vector<double> Jacobi(std::vector<double>& a, int64_t n) {
  std::vector<double> v(a.size(), 0.0);
  for (int64_t i = 0; i < n; ++i) v[i * n + i] = 1.0;
  for (int sweep = 0; sweep < 60; ++sweep) {
    for (int64_t p = 0; p < n; ++p) {
      for (int64_t q = p + 1; q < n; ++q) {
        if (a[p * n + q] == 0.0) continue;
        const double angle = 0.5 * std::atan2(2.0 * a[p * n + q], a[q * n + q] - a[p * n + p]);
        const double c = std::cos(angle);
        const double s = std::sin(angle);
        const auto rotate = [c, s](double& x, double& y) {
          const double turned = c * x - s * y;
          y = s * x + c * y;
          x = turned;
        };
        for (int64_t i = 0; i < n; ++i) rotate(a[p * n + i], a[q * n + i]);
        for (int64_t i = 0; i < n; ++i) rotate(a[i * n + p], a[i * n + q]);
        for (int64_t i = 0; i < n; ++i) rotate(v[i * n + p], v[i * n + q]);
      }
    }
  }
  return v;
}

TEST(PrincipalComponents, AreTheEigenvectorsThatPlainJacobiFinds) {
  constexpr int64_t kChannels = 12;
  const PixelMoments moments = Mixture(kChannels, 200);
  ASSERT_OK_AND_ASSIGN(const Reduction reduction, FitPrincipalComponents("layer", moments, 0));
  ASSERT_EQ(reduction.max_channels(), kChannels - 1);
  std::vector<double> values = moments.scatter;
  const std::vector<double> vectors = Jacobi(values, kChannels);
  std::vector<int64_t> order(kChannels);
  std::iota(order.begin(), order.end(), 0);
  const auto value = [&](int64_t i) { return values[i * kChannels + i]; };
  std::sort(order.begin(), order.end(), [&](int64_t a, int64_t b) { return value(a) > value(b); });
  double whole = 0.0;
  for (int64_t i = 0; i < kChannels; ++i) whole += value(i);
  double kept = 0.0;
  for (int64_t row = 0; row < reduction.max_channels(); ++row) {
    kept += value(order[row]);
    EXPECT_NEAR(reduction.explained_variance[row], kept / whole, 1e-12);
    double cosine = 0.0;
    for (int64_t c = 0; c < kChannels; ++c) {
      cosine += reduction.weights.As<float>()[row * kChannels + c] * vectors[c * kChannels + order[row]];
    }
    EXPECT_NEAR(std::abs(cosine), 1.0, 1e-6) << row;
  }
}

TEST(PrincipalComponents, MakeTheirLargestEntryPositiveAndTakeTheMeanAway) {
  const PixelMoments moments = Mixture(20, 300);
  ASSERT_OK_AND_ASSIGN(const Reduction reduction, FitPrincipalComponents("layer", moments, 0));
  for (int64_t row = 0; row < reduction.max_channels(); ++row) {
    const float* weights = reduction.weights.As<float>() + row * 20;
    const auto [least, most] = std::minmax_element(weights, weights + 20);
    EXPECT_GE(*most, -*least) << row;
    double of_mean = reduction.bias->As<float>()[row];
    for (int64_t c = 0; c < 20; ++c) of_mean += weights[c] * moments.mean[c];
    EXPECT_NEAR(of_mean, 0.0, 1e-5) << row;
  }
}

TEST(PrincipalComponents, ForFewerChannelsAreTheFirstOfMore) {
  const PixelMoments moments = Mixture(16, 100);
  ASSERT_OK_AND_ASSIGN(const Reduction all, FitPrincipalComponents("layer", moments, 0));
  ASSERT_OK_AND_ASSIGN(const Reduction few, FitPrincipalComponents("layer", moments, 5));
  ASSERT_EQ(few.max_channels(), 5);
  EXPECT_EQ(few.explained_variance[4], all.explained_variance[4]);
  for (int64_t i = 0; i < 5 * 16; ++i) ASSERT_EQ(few.weights.As<float>()[i], all.weights.As<float>()[i]) << i;
  for (int64_t i = 0; i < 5; ++i) ASSERT_EQ(few.bias->As<float>()[i], all.bias->As<float>()[i]) << i;
}

TEST(PrincipalComponents, StopWhereThereIsNoVarianceLeft) {
  const PixelMoments few_pixels = Mixture(32, 6);  // span five directions around their mean
  ASSERT_OK_AND_ASSIGN(const Reduction reduction, FitPrincipalComponents("layer", few_pixels, 0));
  EXPECT_EQ(reduction.max_channels(), 5);
  EXPECT_NEAR(reduction.explained_variance.back(), 1.0, 1e-12);
}

TEST(PrincipalComponents, RefuseWhatHasNone) {
  const auto code = absl::StatusCode::kInvalidArgument;
  EXPECT_THAT(FitPrincipalComponents("layer", Mixture(1, 10), 0),
              StatusIs(code, HasSubstr("2 to 4096 channels, got 1")));
  EXPECT_THAT(FitPrincipalComponents("layer", PixelMoments(), 0), StatusIs(code, HasSubstr("got 0")));
  PixelMoments wide;
  wide.mean.resize(5000);
  EXPECT_THAT(FitPrincipalComponents("layer", wide, 0), StatusIs(code, HasSubstr("got 5000")));
  EXPECT_THAT(FitPrincipalComponents("layer", Mixture(8, 1), 0), StatusIs(code, HasSubstr("all the same")));
}

}  // namespace
}  // namespace onebyone
