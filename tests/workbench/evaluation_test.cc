#include "engine/workbench/evaluation.h"

#include <gtest/gtest.h>

#include <sstream>

#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::IsOk;
using ::onebyone::testing::StatusIs;
using ::testing::HasSubstr;

EvaluatedFeature FeatureOf(int64_t dimension) {
  EvaluatedFeature feature;
  feature.layer = "conv1";
  feature.form.dimension = dimension;
  return feature;
}

TEST(Evaluation, RefusesFeaturesThatDoNotFitBeforeItTakesMemory) {
  LabelledPictures pictures;
  pictures.files.resize(1024);
  const Cancellation cancellation;
  std::ostringstream errors;
  const Evaluation evaluation(pictures, {}, cancellation, errors);
  constexpr int64_t kMost = int64_t{1} << 20;  // numbers of 4 bytes of 1024 pictures in 4 GiB
  EXPECT_THAT(evaluation.CheckBytes({FeatureOf(kMost)}), IsOk());
  EXPECT_THAT(
      evaluation.CheckBytes({FeatureOf(1), FeatureOf(kMost + 1024)}),
      StatusIs(absl::StatusCode::kInvalidArgument,
               HasSubstr("layer 'conv1': want features of at most 4096 MiB, got 1024 pictures of 1049600 numbers, "
                         "4100 MiB")));
}

}  // namespace
}  // namespace onebyone
