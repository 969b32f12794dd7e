#include "engine/kernels/elementwise/companding.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::testing::ElementsAre;
using testing::IsOk;

constexpr float kScale = 0.25F;

std::vector<float> Expanded(const std::vector<uint8_t>& bytes) {
  std::vector<float> numbers(bytes.size());
  const auto kernel = MakeExpand(static_cast<int64_t>(bytes.size()), kScale);
  const auto bound = kernel->Bind({bytes.data()}, {numbers.data()}, nullptr);
  EXPECT_THAT(bound, IsOk());
  EXPECT_THAT((*bound)->Run(), IsOk());
  return numbers;
}

std::vector<uint8_t> Companded(const std::vector<float>& numbers) {
  std::vector<uint8_t> bytes(numbers.size());
  const auto kernel = MakeCompand(static_cast<int64_t>(numbers.size()), kScale);
  const auto bound = kernel->Bind({numbers.data()}, {bytes.data()}, nullptr);
  EXPECT_THAT(bound, IsOk());
  EXPECT_THAT((*bound)->Run(), IsOk());
  return bytes;
}

TEST(Companding, BytesStandForTheirSquares) {
  EXPECT_THAT(Expanded({0, 1, 2, 255}), ElementsAre(0, 0.25F, 1, 0.25F * 65025));
}

TEST(Companding, BringsEveryByteBack) {
  std::vector<uint8_t> all(256);
  std::iota(all.begin(), all.end(), uint8_t{0});
  EXPECT_EQ(Companded(Expanded(all)), all);
}

TEST(Companding, RoundsTheRootToTheNearestByteAndSaturates) {
  const float infinity = std::numeric_limits<float>::infinity();
  EXPECT_THAT(Companded({0.25F * 2.4F * 2.4F, 0.25F * 2.6F * 2.6F, 1e9F, infinity}), ElementsAre(2, 3, 255, 255));
}

TEST(Companding, HasNothingBelowZero) {
  EXPECT_THAT(Companded({-1, -std::numeric_limits<float>::infinity(), std::numeric_limits<float>::quiet_NaN()}),
              ElementsAre(0, 0, 0));
}

}  // namespace
}  // namespace onebyone
