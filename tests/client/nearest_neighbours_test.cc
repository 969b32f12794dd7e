#include "client/commands/nearest_neighbours.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::IsOk;
using ::onebyone::testing::StatusIs;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr int64_t kPlenty = int64_t{1} << 30;
const auto kNever = [] { return false; };

std::vector<size_t> ImagesOf(const std::vector<Neighbour>& neighbours) {
  std::vector<size_t> images;
  for (const Neighbour& neighbour : neighbours) images.push_back(neighbour.image);
  return images;
}

class NeighboursOf : public ::testing::TestWithParam<int> {};

// Against all cosines in double precision, for lengths with and without a rest of the vector registers.
TEST_P(NeighboursOf, RandomVectorsAreThoseOfTheLargestCosine) {
  constexpr size_t kImages = 37;
  constexpr size_t kCount = 5;
  std::mt19937 random(7);
  std::normal_distribution<float> normal;
  std::vector<std::vector<float>> vectors(kImages, std::vector<float>(static_cast<size_t>(GetParam())));
  ASSERT_OK_AND_ASSIGN(FeatureTable table, FeatureTable::Create(kImages, GetParam(), kPlenty));
  for (size_t i = 0; i < kImages; ++i) {
    for (float& value : vectors[i]) value = normal(random);
    ASSERT_THAT(table.Set(i, vectors[i]), IsOk());
  }
  const auto cosine = [&vectors](size_t a, size_t b) {
    double dot = 0;
    double squares_a = 0;
    double squares_b = 0;
    for (size_t i = 0; i < vectors[a].size(); ++i) {
      dot += static_cast<double>(vectors[a][i]) * vectors[b][i];
      squares_a += static_cast<double>(vectors[a][i]) * vectors[a][i];
      squares_b += static_cast<double>(vectors[b][i]) * vectors[b][i];
    }
    return dot / std::sqrt(squares_a * squares_b);
  };
  ASSERT_OK_AND_ASSIGN(const auto nearest, NearestNeighbours(table, kCount, kNever));
  for (size_t image = 0; image < kImages; ++image) {
    std::vector<double> wanted;
    for (size_t other = 0; other < kImages; ++other) {
      if (other != image) wanted.push_back(cosine(image, other));
    }
    std::sort(wanted.rbegin(), wanted.rend());
    ASSERT_THAT(nearest[image], SizeIs(kCount));
    for (size_t rank = 0; rank < kCount; ++rank) {
      EXPECT_NEAR(nearest[image][rank].cosine, wanted[rank], 1e-5);
      EXPECT_NEAR(nearest[image][rank].cosine, cosine(image, nearest[image][rank].image), 1e-5);
    }
  }
}
INSTANTIATE_TEST_SUITE_P(OfLength, NeighboursOf, ::testing::Values(1, 15, 16, 17, 100, 1024));

TEST(NearestNeighbours, LeaveOutImagesWithoutFeaturesAndGiveAllWhereTheyAreFew) {
  ASSERT_OK_AND_ASSIGN(FeatureTable table, FeatureTable::Create(4, 2, kPlenty));
  ASSERT_THAT(table.Set(0, {1, 0}), IsOk());
  ASSERT_THAT(table.Set(1, {1, 1}), IsOk());
  ASSERT_THAT(table.Set(3, {0, 1}), IsOk());
  ASSERT_OK_AND_ASSIGN(const auto nearest, NearestNeighbours(table, 10, kNever));
  EXPECT_EQ(ImagesOf(nearest[0]), (std::vector<size_t>{1, 3}));
  EXPECT_THAT(nearest[2], IsEmpty());
  EXPECT_NEAR(nearest[3][0].cosine, std::sqrt(0.5), 1e-6);
}

TEST(NearestNeighbours, OfEqualOnesTheFirstComesFirst) {
  ASSERT_OK_AND_ASSIGN(FeatureTable table, FeatureTable::Create(5, 1, kPlenty));
  for (size_t i = 0; i < 5; ++i) ASSERT_THAT(table.Set(i, {3}), IsOk());
  ASSERT_OK_AND_ASSIGN(const auto nearest, NearestNeighbours(table, 2, kNever));
  EXPECT_EQ(ImagesOf(nearest[0]), (std::vector<size_t>{1, 2}));
  EXPECT_EQ(ImagesOf(nearest[4]), (std::vector<size_t>{0, 1}));
}

TEST(NearestNeighbours, AVectorOfZerosHasTheCosineZero) {
  ASSERT_OK_AND_ASSIGN(FeatureTable table, FeatureTable::Create(2, 2, kPlenty));
  ASSERT_THAT(table.Set(0, {0, 0}), IsOk());
  ASSERT_THAT(table.Set(1, {1, 2}), IsOk());
  ASSERT_OK_AND_ASSIGN(const auto nearest, NearestNeighbours(table, 1, kNever));
  EXPECT_EQ(nearest[0][0].cosine, 0);
}

TEST(NearestNeighbours, EndEarlyWhenTold) {
  ASSERT_OK_AND_ASSIGN(const FeatureTable table, FeatureTable::Create(100, 2, kPlenty));
  EXPECT_THAT(NearestNeighbours(table, 1, [] { return true; }), StatusIs(absl::StatusCode::kCancelled));
}

TEST(FeatureTable, RefusesMoreThanItsLimitBeforeMemoryIsTaken) {
  EXPECT_THAT(FeatureTable::Create(1'000'000, 1'000'000'000'000, kPlenty),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("1000000 images of 1000000000000 numbers")));
  EXPECT_THAT(FeatureTable::Create(2, 2, 16), IsOk());
  EXPECT_THAT(FeatureTable::Create(2, 2, 15), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(FeatureTable, RefusesVectorsOfAnotherLengthOrWithoutALength) {
  ASSERT_OK_AND_ASSIGN(FeatureTable table, FeatureTable::Create(1, 2, kPlenty));
  EXPECT_THAT(table.Set(0, {1, 2, 3}), StatusIs(absl::StatusCode::kInternal, HasSubstr("want 2 numbers, got 3")));
  EXPECT_THAT(table.Set(0, {1, std::numeric_limits<float>::quiet_NaN()}), StatusIs(absl::StatusCode::kInternal));
  EXPECT_FALSE(table.Has(0));
}

}  // namespace
}  // namespace onebyone
