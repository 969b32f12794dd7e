#include "engine/reduction/pixel_moments.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <limits>

#include "engine/reduction/normal_numbers.h"
#include "engine/tensor/tensor.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pointwise;
using testing::StatusIs;

Tensor RandomMap(const Shape& shape, uint64_t seed) {
  Tensor map = *Tensor::Create(DataType::kFloat32, shape);
  NormalNumbers normal(seed);
  for (int64_t i = 0; i < map.elements(); ++i) map.As<float>()[i] = static_cast<float>(normal.Next() + 10.0);
  return map;
}

TEST(PixelMoments, AreMeanAndScatterOfThePixels) {
  Tensor map = *Tensor::Create(DataType::kFloat32, {2, 1, 3});
  const float values[] = {1, 2, 6, 0, 3, 0};  // two channels of three pixels
  std::copy_n(values, 6, map.As<float>());
  ASSERT_OK_AND_ASSIGN(const PixelMoments moments, MomentsOf(map.view()));
  EXPECT_EQ(moments.pixels, 3);
  EXPECT_THAT(moments.mean, ElementsAre(3, 1));
  EXPECT_THAT(moments.scatter, ElementsAre(14, -3, -3, 6));
}

TEST(PixelMoments, OfAVectorAreThoseOfOnePixel) {
  const Tensor vector = RandomMap({5}, 1);
  ASSERT_OK_AND_ASSIGN(const PixelMoments moments, MomentsOf(vector.view()));
  EXPECT_EQ(moments.pixels, 1);
  EXPECT_EQ(moments.mean[4], vector.As<float>()[4]);
  EXPECT_EQ(moments.scatter, std::vector<double>(25, 0.0));
}

TEST(PixelMoments, MergedAreThoseOfAllPixels) {
  const Tensor all = RandomMap({7, 1, 60}, 2);
  ASSERT_OK_AND_ASSIGN(const PixelMoments wanted, MomentsOf(all.view()));
  PixelMoments total;
  for (const auto& [begin, pixels] : {std::pair{0, 13}, std::pair{13, 1}, std::pair{14, 46}}) {
    Tensor part = *Tensor::Create(DataType::kFloat32, {7, 1, pixels});
    for (int64_t c = 0; c < 7; ++c)
      std::copy_n(all.As<float>() + c * 60 + begin, pixels, part.As<float>() + c * pixels);
    Merge(*MomentsOf(part.view()), total);
  }
  EXPECT_EQ(total.pixels, 60);
  EXPECT_THAT(total.mean, Pointwise(DoubleNear(1e-13), wanted.mean));
  EXPECT_THAT(total.scatter, Pointwise(DoubleNear(1e-11), wanted.scatter));
}

TEST(PixelMoments, OfNothingChangeNothing) {
  PixelMoments total = *MomentsOf(RandomMap({3, 2, 2}, 3).view());
  const std::vector<double> before = total.scatter;
  Merge(PixelMoments(), total);
  EXPECT_EQ(total.scatter, before);
  EXPECT_EQ(total.pixels, 4);
}

TEST(PixelMoments, NameTheChannelThatIsNotFinite) {
  for (const float odd : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    Tensor map = RandomMap({3, 2, 2}, 4);
    map.As<float>()[9] = odd;
    EXPECT_THAT(MomentsOf(map.view()), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("in channel 2")));
  }
}

}  // namespace
}  // namespace onebyone
