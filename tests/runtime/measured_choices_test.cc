// What the kernel cache does to a model that is compiled with it.
#include <gmock/gmock.h>
#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <filesystem>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "engine/runtime/choice_text.h"
#include "engine/runtime/compiled_model.h"
#include "engine/runtime/executor.h"
#include "tests/bundle/bundle_files.h"
#include "tests/testing/graph_builder.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::GraphBuilder;
using ::onebyone::testing::IsOk;
using ::onebyone::testing::ReadWhole;
using ::onebyone::testing::TemporaryFolder;

constexpr char kHash[] = "f00d";
constexpr int64_t kTimed = 3;  // convolutions of Network()

Graph Network() {
  return GraphBuilder()
      .Input("image", {1, 3, 24, 24})
      .Conv("stem", "image", 16, {.kernel = 3, .pad = 1})
      .Conv("wide", "stem", 32, {.kernel = 3, .pad = 1})
      .Conv("narrow", "wide", 16, {.kernel = 3, .pad = 1})
      .Output("narrow")
      .Build();
}

// One start of a program: its own cache object and model.
struct Start {
  explicit Start(const std::string& folder, const std::string& machine = "cpu") {
    cache = std::make_shared<KernelCache>(
        folder, [this](const absl::Status&) { ++warnings; }, machine);
    const auto compiled = CompiledModel::Compile(Network(), 24, 24, {.kernel_cache = cache, .model_hash = kHash});
    EXPECT_THAT(compiled, IsOk());
    model = *compiled;
  }

  std::vector<float> Run(int threads = 1) const {
    const auto plan = model->PlanFor({.layers = {{"narrow"}}, .height = 24, .width = 24, .threads = threads});
    EXPECT_THAT(plan, IsOk());
    const auto executor = Executor::Create({.threads = threads});
    EXPECT_THAT(executor->Use(*plan), IsOk());
    const TensorView input = executor->Input();
    for (int64_t i = 0; i < input.shape.Elements(); ++i) input.As<float>()[i] = static_cast<float>(i % 13) / 13;
    EXPECT_THAT(executor->Run(nullptr), IsOk());
    const ConstTensorView output = executor->Output(0);
    return {output.As<float>(), output.As<float>() + output.shape.Elements()};
  }

  int warnings = 0;
  std::shared_ptr<KernelCache> cache;
  std::shared_ptr<CompiledModel> model;
};

TEST(MeasuredChoices, OfTheFirstStartServeTheSecondWithoutMeasuring) {
  const TemporaryFolder folder;
  const Start first(folder.path());
  const std::vector<float> output = first.Run();
  EXPECT_EQ(first.model->convs_measured(), kTimed);
  const std::string kept = ReadWhole(folder / "f00d.choices");

  const Start second(folder.path());
  EXPECT_EQ(second.Run(), output);
  EXPECT_EQ(second.model->convs_measured(), 0);
  EXPECT_EQ(ReadWhole(folder / "f00d.choices"), kept);
}

TEST(MeasuredChoices, AreTakenEvenWhereTheyAreNotTheFastest) {
  const TemporaryFolder folder;
  const std::vector<float> wanted = Start(folder.path()).Run();
  const std::string path = folder / "f00d.choices";
  folder.Write("f00d.choices",
               absl::StrReplaceAll(ReadWhole(path), {{" direct ", " winograd "}, {" winograd ", " direct "}}));
  const Start flipped(folder.path());
  const std::vector<float> got = flipped.Run();
  EXPECT_EQ(flipped.model->convs_measured(), 0);
  ASSERT_EQ(got.size(), wanted.size());
  for (size_t i = 0; i < got.size(); ++i) ASSERT_NEAR(got[i], wanted[i], 1e-3);
}

TEST(MeasuredChoices, OfOnePlanServeTheNextOne) {
  const TemporaryFolder folder;
  const Start start(folder.path());
  start.Run();
  ASSERT_THAT(start.model->PlanFor({.layers = {{"wide"}}, .height = 24, .width = 24}), IsOk());
  EXPECT_EQ(start.model->convs_measured(), kTimed);
}

TEST(MeasuredChoices, AreMadeForEachNumberOfThreads) {
  const TemporaryFolder folder;
  const Start first(folder.path());
  first.Run(1);
  first.Run(2);
  EXPECT_EQ(first.model->convs_measured(), 2 * kTimed);
  const Start second(folder.path());
  second.Run(2);
  second.Run(1);
  EXPECT_EQ(second.model->convs_measured(), 0);
  second.Run(3);
  EXPECT_EQ(second.model->convs_measured(), kTimed);
}

TEST(MeasuredChoices, OfAnotherMachineAreMeasuredAgainAndReplaced) {
  const TemporaryFolder folder;
  Start(folder.path(), "old cpu").Run();
  const Start moved(folder.path(), "new cpu");
  moved.Run();
  EXPECT_EQ(moved.model->convs_measured(), kTimed);
  const Start again(folder.path(), "new cpu");
  again.Run();
  EXPECT_EQ(again.model->convs_measured(), 0);
}

TEST(MeasuredChoices, OfABrokenFileAreMeasuredAgainAndTheFileMended) {
  const TemporaryFolder folder;
  Start(folder.path()).Run();
  const std::string whole = ReadWhole(folder / "f00d.choices");
  for (const std::string& broken : {std::string(), whole.substr(0, whole.size() / 2), whole + "1 direct more\n",
                                    std::string(1000, '\xff'), whole + std::string(kMostChoiceBytes, 'x')}) {
    folder.Write("f00d.choices", broken);
    const Start start(folder.path());
    start.Run();
    EXPECT_EQ(start.model->convs_measured(), kTimed);
    EXPECT_EQ(start.warnings, 0);
    EXPECT_THAT(ParseChoices({kHash, "cpu"}, ReadWhole(folder / "f00d.choices")), IsOk());
  }
}

TEST(MeasuredChoices, ServeWhereTheyCannotBeKept) {
  for (const char* folder : {"/proc/onebyone", "/dev/null/onebyone"}) {
    const Start start(folder);
    start.Run(1);
    start.Run(2);
    EXPECT_EQ(start.model->convs_measured(), 2 * kTimed);
    EXPECT_EQ(start.warnings, 1) << folder;
  }
}

TEST(MeasuredChoices, ServeOnAFullDisk) {
  const TemporaryFolder folder;
  const Start start(folder.path());
  // A file that may not grow fails as one on a full disk does.
  rlimit before = {};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit none = {.rlim_cur = 0, .rlim_max = before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &none), 0);
  start.Run();
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(start.warnings, 1);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

// Two 1x1 convolutions over one value.
std::shared_ptr<const Plan> PlanOfSiblings(const std::string& folder, int64_t& measured) {
  const Graph graph = GraphBuilder()
                          .Input("image", {1, 16, 24, 24})
                          .Conv("a", "image", 32, {})
                          .Conv("b", "image", 16, {})
                          .Output("a")
                          .Output("b")
                          .Build();
  const auto cache = std::make_shared<KernelCache>(folder, nullptr);
  const auto model = CompiledModel::Compile(graph, 24, 24, {.kernel_cache = cache, .model_hash = kHash});
  EXPECT_THAT(model, IsOk());
  auto plan = (*model)->PlanFor({.layers = {{"a"}, {"b"}}, .height = 24, .width = 24});
  EXPECT_THAT(plan, IsOk());
  measured = (*model)->convs_measured();
  return *std::move(plan);
}

TEST(MeasuredChoices, SayWhetherSiblingsRunAsOne) {
  const TemporaryFolder folder;
  int64_t measured = 0;
  const auto steps = PlanOfSiblings(folder.path(), measured)->steps.size();
  EXPECT_EQ(measured, 3);  // each by itself, and both as one
  EXPECT_EQ(PlanOfSiblings(folder.path(), measured)->steps.size(), steps);
  EXPECT_EQ(measured, 0);

  // Whatever was faster: the file counts.
  const std::string path = folder / "f00d.choices";
  const std::string kept = ReadWhole(path);
  for (const auto& [variant, name] : {std::pair("merged", "a + b"), std::pair("direct", "a")}) {
    std::vector<std::string> lines = absl::StrSplit(kept, '\n');
    for (std::string& line : lines) {
      if (absl::StrContains(line, "siblings")) line = absl::StrCat("1 ", variant, line.substr(line.find(' ', 2)));
    }
    folder.Write("f00d.choices", absl::StrJoin(lines, "\n"));
    const auto plan = PlanOfSiblings(folder.path(), measured);
    EXPECT_EQ(measured, 0);
    EXPECT_TRUE(std::any_of(plan->steps.begin(), plan->steps.end(), [name = name](const Step& step) {
      return step.op == "Conv" && step.name == name;
    })) << name;
  }
}

TEST(MeasuredChoices, AreNotAskedForWhereWinogradMayNotBe) {
  const TemporaryFolder folder;
  const auto cache = std::make_shared<KernelCache>(folder.path(), nullptr);
  const auto model = CompiledModel::Compile(
      Network(), 24, 24,
      {.convolution = CompileOptions::Convolution::kExact, .kernel_cache = cache, .model_hash = kHash});
  ASSERT_THAT(model, IsOk());
  ASSERT_THAT((*model)->PlanFor({.layers = {{"narrow"}}, .height = 24, .width = 24}), IsOk());
  EXPECT_EQ((*model)->convs_measured(), 0);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

}  // namespace
}  // namespace onebyone
