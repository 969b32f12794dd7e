#include "client/commands/model_layers.h"

#include <gmock/gmock.h>

#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::StatusIs;
using ::testing::HasSubstr;

v1::GetModelResponse Model() {
  v1::GetModelResponse model;
  model.mutable_summary()->set_name("m");
  model.add_layers()->set_name("conv");
  v1::Layer& pool = *model.add_layers();
  pool.set_name("pool");
  pool.add_aliases("features");
  pool.add_reductions()->set_kind(v1::StoredReduction::HEAD);
  pool.add_reductions()->set_kind(v1::StoredReduction::FITTED);
  return model;
}

TEST(FindLayer, TakesNamesAndAliases) {
  const v1::GetModelResponse model = Model();
  ASSERT_OK_AND_ASSIGN(const v1::Layer* by_name, FindLayer(model, "conv"));
  EXPECT_EQ(by_name, &model.layers(0));
  ASSERT_OK_AND_ASSIGN(const v1::Layer* by_alias, FindLayer(model, "features"));
  EXPECT_EQ(by_alias, &model.layers(1));
}

TEST(FindLayer, OffersTheNearestNameOrAlias) {
  EXPECT_THAT(FindLayer(Model(), "featurs"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("the nearest name is 'features'")));
  EXPECT_THAT(FindLayer(v1::GetModelResponse(), "x"), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(FittedReduction, IsNotAHead) {
  const v1::GetModelResponse model = Model();
  EXPECT_EQ(FittedReduction(model.layers(0)), nullptr);
  EXPECT_EQ(FittedReduction(model.layers(1)), &model.layers(1).reductions(1));
}

}  // namespace
}  // namespace onebyone
