#include <gtest/gtest.h>

#include <filesystem>

#include "tests/workbench/program_fixture.h"

namespace onebyone::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class ImportTest : public ::testing::Test {
 protected:
  ProgramRun Import(const std::string& onnx, const std::vector<std::string>& flags = {}) const {
    std::vector<std::string> arguments = {"import", folder_.Write("net.onnx", onnx), "--output", bundle_};
    arguments.insert(arguments.end(), flags.begin(), flags.end());
    return Workbench(arguments);
  }
  std::string Config() const { return ReadWhole(bundle_ + "/model_config.textproto"); }

  const TemporaryFolder folder_;
  const std::string bundle_ = folder_ / "models/net";
};

TEST_F(ImportTest, WritesABundleThatSaysWhatWasGiven) {
  ASSERT_THAT(Import(TinyInception(), {"--preset", "torchvision", "--description", "a net", "--license", "CC0",
                                       "--source", "here", "--default-layer", "pool5", "--default-layer", "features",
                                       "--alias", "features=embedding", "--filter", "bilinear"}),
              Succeeds());
  EXPECT_EQ(ReadWhole(bundle_ + "/model.onnx"), TinyInception());
  EXPECT_THAT(Config(), AllOf(HasSubstr("description: \"a net\""), HasSubstr("license: \"CC0\""),
                              HasSubstr("source: \"here\""), HasSubstr("default_layers: \"pool5\""),
                              HasSubstr("default_layers: \"features\""), HasSubstr("alias: \"features\"")));
  EXPECT_THAT(Config(), AllOf(HasSubstr("width: 32"), HasSubstr("resize_shorter_side: 37"),
                              HasSubstr("filter: BILINEAR"), HasSubstr("color: RGB"),
                              HasSubstr("mean: [0.485, 0.456, 0.406]"), HasSubstr("std: [0.229, 0.224, 0.225]")));
}

TEST_F(ImportTest, LetsNumbersOverrideThePreset) {
  ASSERT_THAT(Import(TinyInception(), {"--preset", "caffe", "--color", "rgb", "--mean=-1,2.5,3", "--std", "1,2,4",
                                       "--scale", "0.5", "--resize-shorter-side", "40"}),
              Succeeds());
  EXPECT_THAT(Config(), AllOf(HasSubstr("color: RGB"), HasSubstr("mean: [-1, 2.5, 3]"), HasSubstr("std: [1, 2, 4]"),
                              HasSubstr("scale: 0.5"), HasSubstr("resize_shorter_side: 40")));
}

TEST_F(ImportTest, TakesTheUsualSizeWhereTheNetworkTakesAny) {
  ASSERT_THAT(Import(TinyInception(/*side=*/0)), Succeeds());
  EXPECT_THAT(Config(),
              AllOf(HasSubstr("width: 224"), HasSubstr("height: 224"), HasSubstr("resize_shorter_side: 256")));
  ASSERT_THAT(Import(TinyInception(/*side=*/0), {"--input-size", "48", "--force"}), Succeeds());
  EXPECT_THAT(Config(), AllOf(HasSubstr("width: 48"), HasSubstr("height: 48"), HasSubstr("resize_shorter_side: 55")));
}

TEST_F(ImportTest, OverwritesOnlyByForce) {
  ASSERT_THAT(Import(TinyInception()), Succeeds());
  const std::string first = Config();
  EXPECT_THAT(Import(TinyInception(), {"--preset", "caffe"}), Ends(1, HasSubstr("there is a bundle already")));
  EXPECT_EQ(Config(), first);
  EXPECT_THAT(Import(TinyInception(), {"--preset", "caffe", "--force"}), Succeeds());
  EXPECT_THAT(Config(), HasSubstr("color: BGR"));
}

TEST_F(ImportTest, RefusesNamesThatTheNetworkLacks) {
  EXPECT_THAT(Import(TinyInception(), {"--default-layer", "embeding"}), Ends(1, HasSubstr("'embedding'")));
  EXPECT_THAT(Import(TinyInception(), {"--alias", "a=nothing"}), Ends(1, HasSubstr("got 'nothing'")));
  EXPECT_THAT(Import(TinyInception(), {"--alias", "pool5=embedding"}), Ends(1, HasSubstr("'pool5'")));
  EXPECT_FALSE(std::filesystem::exists(bundle_));
}

struct BrokenModel {
  const char* name;
  std::string onnx;
  const char* told;
};

std::ostream& operator<<(std::ostream& stream, const BrokenModel& broken) { return stream << broken.name; }

class BrokenModelTest : public ImportTest, public ::testing::WithParamInterface<BrokenModel> {};

TEST_P(BrokenModelTest, IsRefusedAndLeavesNothingBehind) {
  EXPECT_THAT(Import(GetParam().onnx), Ends(1, AllOf(HasSubstr("net.onnx"), HasSubstr(GetParam().told))));
  EXPECT_FALSE(std::filesystem::exists(bundle_));
}

INSTANTIATE_TEST_SUITE_P(
    Files, BrokenModelTest,
    ::testing::Values(BrokenModel{"cut", TinyInception().substr(0, TinyInception().size() * 2 / 3), "onnx"},
                      BrokenModel{"empty", "", "onnx"},
                      BrokenModel{"text", "This is no model at all, but a sentence.", "onnx"},
                      BrokenModel{"cycle", CyclicModel(), "cycle"},
                      BrokenModel{"unknown_operator", UnknownOperatorModel(), "Telepathy"},
                      BrokenModel{"absurd_weights", AbsurdWeightsModel(), "weights"},
                      BrokenModel{"absurd_kernel", AbsurdKernelModel(), "kernel"},
                      BrokenModel{"absurd_input", ReluModel({3, 1 << 20, 1 << 20}), "1048576"},
                      BrokenModel{"channels_last", ReluModel({32, 32, 3}), "want float32 [N, 3, height, width]"},
                      BrokenModel{"gray", ReluModel({1, 32, 32}), "want float32 [N, 3, height, width]"},
                      BrokenModel{"no_picture", ReluModel({128}), "want float32 [N, 3, height, width]"},
                      BrokenModel{"wrong_channels", WrongChannelsModel(), "y"}),
    [](const auto& test) { return std::string(test.param.name); });

TEST_F(ImportTest, NamesAFileThatIsNotThere) {
  EXPECT_THAT(Workbench({"import", "/nowhere/net.onnx", "--output", bundle_}), Ends(1, HasSubstr("/nowhere/net.onnx")));
}

TEST_F(ImportTest, NamesAFolderThatCannotBeMade) {
  const std::string file = folder_.Write("file", "in the way");
  EXPECT_THAT(Workbench({"import", folder_.Write("net.onnx", TinyInception()), "--output", file + "/net"}),
              Ends(1, HasSubstr(file + "/net")));
}

}  // namespace
}  // namespace onebyone::testing
