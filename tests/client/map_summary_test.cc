#include "client/commands/map_summary.h"

#include <gmock/gmock.h>

#include <string>

#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::IsOkAndHolds;

v1::FeatureMap TwoZeros() {
  v1::FeatureMap map;
  map.set_layer("4e");
  map.add_shape(2);
  map.set_data_type(v1::FLOAT32);
  map.set_layout(v1::CHW);
  map.set_content(std::string(8, '\0'));
  return map;
}

TEST(SummarizeMap, TellsTheReductionAndWhatItKeeps) {
  v1::FeatureMap map = TwoZeros();
  map.set_reduction("pca(4e)");
  map.set_explained_variance(0.74708);
  EXPECT_THAT(SummarizeMap(map),
              IsOkAndHolds("4e [2] float32, min 0, mean 0, max 0, by pca(4e), keeps 74.71 % of the variance"));
}

TEST(SummarizeMap, SaysNothingOfWhatIsNotKnown) {
  v1::FeatureMap map = TwoZeros();
  EXPECT_THAT(SummarizeMap(map), IsOkAndHolds("4e [2] float32, min 0, mean 0, max 0"));
  map.set_reduction("head");
  EXPECT_THAT(SummarizeMap(map), IsOkAndHolds("4e [2] float32, min 0, mean 0, max 0, by head"));
}

}  // namespace
}  // namespace onebyone
