#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>

#include "engine/base/npy.h"
#include "tests/testing/status_matchers.h"
#include "tests/workbench/program_fixture.h"

namespace onebyone::testing {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kNanoPicture[] = "/deploy/models/onebyone-nano/chelsea.png";  // 160 x 160

class RunTest : public TinyBundleTest {
 protected:
  ProgramRun Run(std::vector<std::string> flags) const {
    std::vector<std::string> arguments = {"run", "--bundle", bundle_, "--output", out_};
    arguments.insert(arguments.end(), flags.begin(), flags.end());
    return Workbench(arguments);
  }
  std::vector<float> Read(const std::string& name, std::vector<int64_t>* shape = nullptr) const {
    const absl::StatusOr<NpyArray> array = ParseNpy(ReadWhole(out_ + "/" + name));
    EXPECT_THAT(array, IsOk()) << name;
    if (!array.ok()) return {};
    EXPECT_EQ(array->descr, "<f4");
    if (shape != nullptr) *shape = array->shape;
    std::vector<float> numbers(array->content.size() / sizeof(float));
    std::memcpy(numbers.data(), array->content.data(), array->content.size());
    return numbers;
  }

  const std::string out_ = folder_ / "features/of/cats";
};

TEST_F(RunTest, WritesAFileForEachLayerNamedAsTheUserNamedIt) {
  ASSERT_THAT(Run({"--layer", "block/output", "--layer", "features", CatPicture()}), Succeeds());
  std::vector<int64_t> shape;
  const std::vector<float> map = Read("cat_chelsea.block_output.npy", &shape);
  EXPECT_THAT(shape, ElementsAre(4, 32, 32));
  const std::vector<float> features = Read("cat_chelsea.features.npy", &shape);
  EXPECT_THAT(shape, ElementsAre(4));
  // The one is the mean of the other.
  for (size_t channel = 0; channel < 4; ++channel) {
    double sum = 0;
    for (size_t i = 0; i < 32 * 32; ++i) sum += map[channel * 32 * 32 + i];
    EXPECT_NEAR(features[channel], sum / (32 * 32), 1e-4) << channel;
  }
}

// A layer's flag takes one name, however many pictures follow it.
TEST_F(RunTest, TakesSeveralPicturesBehindTheLayers) {
  const std::string second = folder_.Write("second.jpg", ReadWhole(CatPicture()));
  ASSERT_THAT(Run({"--layer", "pool5", "--layer", "features", CatPicture(), second, CatPicture() + "/../coffee.jpg"}),
              Ends(1, AllOf(HasSubstr("coffee.jpg: "), HasSubstr("1 of 3 pictures failed"))));
  EXPECT_EQ(Read("cat_chelsea.features.npy"), Read("second.features.npy"));
}

TEST_F(RunTest, ExtractsTheDefaultLayerWhereNoneIsNamed) {
  ASSERT_THAT(Run({CatPicture()}), Succeeds());
  EXPECT_EQ(Read("cat_chelsea.embedding.npy").size(), 4U);
}

TEST_F(RunTest, ReducesToTheAskedChannels) {
  ASSERT_THAT(Run({"--layer", "block/output", "--channels", "3", CatPicture()}), Succeeds());
  std::vector<int64_t> shape;
  const std::vector<float> first = Read("cat_chelsea.block_output.npy", &shape);
  EXPECT_THAT(shape, ElementsAre(3, 32, 32));
  ASSERT_THAT(Run({"--layer", "block/output", "--channels", "3", CatPicture()}), Succeeds());
  EXPECT_EQ(Read("cat_chelsea.block_output.npy"), first);  // the projection is always the same
}

TEST_F(RunTest, RunsInBFloat16WhereTheCpuHasIt) {
  ASSERT_THAT(Run({"--layer", "block/output", "--precision", "f32", CatPicture()}), Succeeds());
  const std::vector<float> wanted = Read("cat_chelsea.block_output.npy");
  const ProgramRun run = Run({"--layer", "block/output", "--precision", "bf16", CatPicture()});
  if (run.exit_code != 0) {
    EXPECT_THAT(run, Ends(1, HasSubstr("precision: bf16: want a CPU with AVX512_BF16 or AMX")));
    GTEST_SKIP() << run.err;
  }
  const std::vector<float> got = Read("cat_chelsea.block_output.npy");
  ASSERT_EQ(got.size(), wanted.size());
  float largest = 0;
  float difference = 0;
  for (size_t i = 0; i < got.size(); ++i) {
    largest = std::max(largest, std::abs(wanted[i]));
    difference = std::max(difference, std::abs(wanted[i] - got[i]));
  }
  EXPECT_GT(difference, 0);
  EXPECT_LT(difference, largest / 32);
}

TEST_F(RunTest, RefusesMoreChannelsThanThereAre) {
  EXPECT_THAT(Run({"--layer", "block/output", "--channels", "4", CatPicture()}),
              Ends(1, HasSubstr("channels: want 1 to 3 for layer 'block/output'")));
  EXPECT_THAT(Run({"--channels", "1000", CatPicture()}), Ends(1, HasSubstr("got 1000")));
}

TEST_F(RunTest, RefusesLayersAndPrecisionsThatTheBundleLacks) {
  EXPECT_THAT(Run({"--layer", "block/outptu", CatPicture()}), Ends(1, HasSubstr("nearest name is 'block/output'")));
  EXPECT_THAT(Run({"--precision", "int8", CatPicture()}), Ends(1, HasSubstr("run onebyone-model calibrate")));
  EXPECT_THAT(Run({"--layer", "pool5", "--layer", "pool5", CatPicture()}), Ends(1, HasSubstr("a second 'pool5'")));
  EXPECT_THAT(Run({"--precision", "f32", CatPicture()}), Succeeds());
}

TEST_F(RunTest, NamesEachPictureThatFailsAndFinishesTheOthers) {
  const std::string text = folder_.Write("text.jpg", "no picture");
  const std::string cut = folder_.Write("cut.jpg", ReadWhole(CatPicture()).substr(0, 20'000));
  EXPECT_THAT(Run({text, CatPicture(), "/nowhere.jpg", cut}),
              Ends(1, AllOf(HasSubstr(text + ": "), HasSubstr(cut + ": "), HasSubstr("/nowhere.jpg: no such file"),
                            HasSubstr("3 of 4 pictures failed"), Not(HasSubstr("cat_chelsea")))));
  EXPECT_EQ(Read("cat_chelsea.embedding.npy").size(), 4U);
  EXPECT_FALSE(std::filesystem::exists(out_ + "/cut.embedding.npy"));
}

TEST_F(RunTest, DoesNotLetPicturesOfOneNameOverwriteEachOther) {
  const std::string other = folder_.Write("other/cat_chelsea.jpg", ReadWhole(CatPicture()));
  EXPECT_THAT(Run({CatPicture(), other}), Ends(1, HasSubstr(other + ": an earlier picture has the same name")));
}

TEST_F(RunTest, WantsTheNetworksSizeWhereNothingMayBeResized) {
  EXPECT_THAT(Run({"--resize", "none", CatPicture()}), Ends(1, AllOf(HasSubstr("32"), HasSubstr("451"))));
}

TEST_F(RunTest, SquashesAndLetterboxesToTheNetworksSize) {
  std::vector<std::vector<float>> maps;
  for (const std::string size : {"model", "squash", "letterbox"}) {
    ASSERT_THAT(Run({"--input-size", size, "--layer", "block/output", CatPicture()}), Succeeds());
    std::vector<int64_t> shape;
    maps.push_back(Read("cat_chelsea.block_output.npy", &shape));
    EXPECT_THAT(shape, ElementsAre(4, 32, 32)) << size;
  }
  EXPECT_NE(maps[0], maps[1]);
  EXPECT_NE(maps[1], maps[2]);
}

TEST_F(RunTest, GivesMapsOfThePicturesOwnSize) {
  const std::string small = folder_.Write("small.png", ReadWhole(absl::StrCat(SourceFolder(), kNanoPicture)));
  ASSERT_THAT(Run({"--input-size", "native", "--layer", "block/output", "--layer", "features", CatPicture(), small}),
              Succeeds());
  std::vector<int64_t> shape;
  Read("cat_chelsea.block_output.npy", &shape);
  EXPECT_THAT(shape, ElementsAre(4, 300, 451));
  Read("cat_chelsea.features.npy", &shape);
  EXPECT_THAT(shape, ElementsAre(4, 300 - 31, 451 - 31));  // a mean over 32 x 32 at each place
  Read("small.block_output.npy", &shape);
  EXPECT_THAT(shape, ElementsAre(4, 184, 184));
}

TEST_F(RunTest, GivesTheSameOnSeveralThreads) {
  std::vector<std::string> flags = {"--layer", "block/output", "--threads", "4"};
  const std::string picture = ReadWhole(CatPicture());
  for (int i = 0; i < 12; ++i) flags.push_back(folder_.Write(absl::StrCat("cat", i, ".jpg"), picture));
  ASSERT_THAT(Run({"--layer", "block/output", CatPicture()}), Succeeds());
  const std::vector<float> alone = Read("cat_chelsea.block_output.npy");
  ASSERT_THAT(Run(flags), Succeeds());
  for (int i = 0; i < 12; ++i) EXPECT_EQ(Read(absl::StrCat("cat", i, ".block_output.npy")), alone) << i;
}

}  // namespace
}  // namespace onebyone::testing
