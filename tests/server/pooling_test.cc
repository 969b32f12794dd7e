#include "server/pooling.h"

#include <gmock/gmock.h>

#include <cmath>
#include <random>
#include <vector>

namespace onebyone {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatNear;

std::vector<float> RandomMap(int64_t elements, float low, float high) {
  std::mt19937 random(7);
  std::uniform_real_distribution<float> uniform(low, high);
  std::vector<float> map(elements);
  for (float& value : map) value = uniform(random);
  return map;
}

// The definition, element by element, in double precision.
double PlainPool(const std::vector<float>& map, int64_t height, int64_t width, const PoolingSpec& spec, int64_t c,
                 int64_t y, int64_t x) {
  const auto begin = [](int64_t i, int64_t grid, int64_t extent) {
    return static_cast<int64_t>(std::floor(static_cast<double>(i * extent) / static_cast<double>(grid)));
  };
  const auto end = [](int64_t i, int64_t grid, int64_t extent) {
    return static_cast<int64_t>(std::ceil(static_cast<double>((i + 1) * extent) / static_cast<double>(grid)));
  };
  double sum = 0;
  double most = -INFINITY;
  double powers = 0;
  int64_t count = 0;
  for (int64_t row = begin(y, spec.grid_height, height); row < end(y, spec.grid_height, height); ++row) {
    for (int64_t column = begin(x, spec.grid_width, width); column < end(x, spec.grid_width, width); ++column) {
      const double value = map[(c * height + row) * width + column];
      sum += value;
      most = std::fmax(most, value);
      powers += std::pow(std::fmax(value, 1e-6), spec.exponent);
      ++count;
    }
  }
  if (spec.kind == PoolingSpec::Kind::kMax) return most;
  if (spec.kind == PoolingSpec::Kind::kAverage) return sum / static_cast<double>(count);
  return std::pow(powers / static_cast<double>(count), 1 / spec.exponent);
}

struct PoolCase {
  PoolingSpec spec;
  int64_t height;
  int64_t width;
};

class Pooling : public ::testing::TestWithParam<PoolCase> {};

TEST_P(Pooling, EqualsItsDefinition) {
  const auto& [spec, height, width] = GetParam();
  constexpr int64_t kChannels = 3;
  const std::vector<float> map = RandomMap(kChannels * height * width, -1, 4);
  std::vector<float> pooled(kChannels * spec.grid_height * spec.grid_width);
  Pool(map.data(), kChannels, height, width, spec, pooled.data());
  for (int64_t c = 0, i = 0; c < kChannels; ++c) {
    for (int64_t y = 0; y < spec.grid_height; ++y) {
      for (int64_t x = 0; x < spec.grid_width; ++x, ++i) {
        EXPECT_NEAR(pooled[i], PlainPool(map, height, width, spec, c, y, x), 1e-5) << c << " " << y << " " << x;
      }
    }
  }
}

using Kind = PoolingSpec::Kind;
INSTANTIATE_TEST_SUITE_P(
    Kinds, Pooling,
    ::testing::Values(PoolCase{{Kind::kAverage, 1, 1, 3}, 7, 5}, PoolCase{{Kind::kAverage, 3, 2, 3}, 7, 5},
                      PoolCase{{Kind::kAverage, 7, 5, 3}, 7, 5}, PoolCase{{Kind::kMax, 1, 1, 3}, 7, 5},
                      PoolCase{{Kind::kMax, 2, 4, 3}, 7, 5}, PoolCase{{Kind::kGeneralizedMean, 1, 1, 3}, 7, 5},
                      PoolCase{{Kind::kGeneralizedMean, 2, 2, 1}, 6, 6},
                      PoolCase{{Kind::kGeneralizedMean, 2, 3, 4.5}, 7, 5}, PoolCase{{Kind::kAverage, 1, 1, 3}, 1, 1}));

TEST(GeneralizedMean, DoesNotOverflowWithALargeExponent) {
  const std::vector<float> map = {1e20F, 2e20F};
  float pooled = 0;
  Pool(map.data(), 1, 1, 2, {Kind::kGeneralizedMean, 1, 1, 1000}, &pooled);
  EXPECT_NEAR(pooled / 2e20F, 1, 1e-2) << "close to the largest";
}

TEST(NormalizeL2, MakesEachCellAUnitVectorAndLeavesZeros) {
  std::vector<float> map = {3, 0, 1e20F, 4, 0, 1e20F};  // two channels, three cells
  std::vector<double> squares(3);
  NormalizeL2(map.data(), 2, 3, squares.data());
  EXPECT_THAT(map, ElementsAre(FloatNear(0.6F, 1e-6F), 0, FloatNear(0.70710678F, 1e-6F), FloatNear(0.8F, 1e-6F), 0,
                               FloatNear(0.70710678F, 1e-6F)));
}

}  // namespace
}  // namespace onebyone
