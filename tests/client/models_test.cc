#include "client/commands/models.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>

#include "tests/client/fake_server.h"
#include "tests/client/run_program.h"

namespace onebyone {
namespace {

using ::onebyone::testing::FakeServer;
using ::onebyone::testing::ProgramRun;
using ::onebyone::testing::RunOnebyone;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

v1::GetModelResponse SmallModel() {
  v1::GetModelResponse model;
  model.mutable_summary()->set_name("small");
  model.mutable_summary()->set_version(2);
  model.mutable_summary()->set_is_default(true);
  v1::InputRules& input = *model.mutable_input();
  input.set_height(160);
  input.set_width(160);
  input.set_color("rgb");
  input.set_scale(0.5);
  input.set_resize_shorter_side(183);
  input.set_resize_filter("antialias");
  for (const float mean : {1.f, 2.f, 3.5f}) input.add_mean(mean);
  for (const float deviation : {4.f, 5.f, 6.f}) input.add_std(deviation);
  model.mutable_native()->set_stride_y(32);
  model.mutable_native()->set_stride_x(32);
  model.mutable_native()->set_max_pixels(2000000);
  v1::Layer& map = *model.add_layers();
  map.set_name("inception_3a/output");
  map.add_aliases("3a");
  map.set_channels(256);
  map.set_height(28);
  map.set_width(14);
  map.set_stride_y(8);
  map.set_stride_x(8);
  map.set_receptive_field_height(59);
  map.set_receptive_field_width(61);
  map.set_multiply_adds(500'000'000);
  map.set_parameters(1234);
  map.set_is_fully_convolutional(true);
  map.set_least_native_height(32);
  map.set_least_native_width(64);
  v1::StoredReduction& reduction = *map.add_reductions();
  reduction.set_name("pca");
  reduction.set_max_channels(2);
  for (const double share : {0.5, 0.875}) reduction.add_explained_variance(share);
  v1::StoredReduction& head = *map.add_reductions();
  head.set_name("wide");
  head.set_max_channels(400);
  head.set_kind(v1::StoredReduction::HEAD);
  v1::Layer& vector = *model.add_layers();
  vector.set_name("pool5");
  vector.set_channels(1024);
  vector.set_is_vector(true);
  vector.set_multiply_adds(2'000'000'000);
  return model;
}

// Lines without the spaces that align them.
std::string Squeezed(const std::string& text) {
  std::string squeezed;
  for (const char c : text) {
    if (c != ' ' || squeezed.empty() || squeezed.back() != ' ') squeezed.push_back(c);
  }
  return squeezed;
}

class ModelsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    v1::ModelSummary& loading = *server_.features().models.add_models();
    loading.set_name("loading");
    loading.set_message("out of memory");
    v1::ModelSummary& ready = *server_.features().models.add_models();
    ready = SmallModel().summary();
    ready.set_ready(true);
    ready.add_default_layers("pool5");
    ready.set_description("a small one");
    server_.features().model_by_name["small"] = SmallModel();
  }
  ProgramRun Models(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"models", "--server", server_.target()});
    return RunOnebyone(arguments);
  }
  FakeServer server_;
};

TEST_F(ModelsTest, ListsModelsWithTheirState) {
  const ProgramRun run = Models({});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(Squeezed(run.out),
              AllOf(HasSubstr("loading 0 not ready: out of memory"), HasSubstr("small 2 yes ready pool5 a small one")));
}

TEST_F(ModelsTest, TellsTheLayersOfAModel) {
  const ProgramRun run = Models({"small"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(
      Squeezed(run.out),
      AllOf(HasSubstr("small version 2 (default)"), HasSubstr("160x160 rgb, shorter side resized to 183"),
            HasSubstr("(pixel * 0.5 - [1, 2, 3.5]) / [4, 5, 6]"),
            HasSubstr("inception_3a/output 256 28x14 8 59x61 500.00 M 25.0 % 1.2 k 32x64 3a pca to 2 (87.5 % of "
                      "variance), wide (head) to 400"),
            HasSubstr("pool5 1024 vector - - 2.00 G 100.0 % 0 -\n"),
            HasSubstr("native: height and width rounded down to multiples of 32, at most 2000000 pixels")));
  EXPECT_EQ(Models({"--model", "small"}).out, run.out);
}

TEST_F(ModelsTest, PrintsJsonThatIsTheMessageAgain) {
  const ProgramRun run = Models({"small", "--json"});
  v1::GetModelResponse parsed;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(run.out, &parsed).ok());
  EXPECT_EQ(parsed.DebugString(), SmallModel().DebugString());
  EXPECT_THAT(run.out, HasSubstr("receptive_field_height"));
  EXPECT_THAT(Models({"--json"}).out, HasSubstr("\"is_default\": true"));
}

TEST_F(ModelsTest, FailsForAModelThatIsNotThere) {
  const ProgramRun run = Models({"huge"});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.err, HasSubstr("no model 'huge'"));
  EXPECT_EQ(run.out, "");
}

TEST_F(ModelsTest, SaysSoWhereThereIsNone) {
  server_.features().models.clear_models();
  EXPECT_EQ(Models({}).out, "no models\n");
}

}  // namespace
}  // namespace onebyone
