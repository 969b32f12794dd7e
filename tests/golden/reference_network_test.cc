#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <vector>

#include "absl/strings/str_replace.h"
#include "engine/base/npy.h"
#include "tests/testing/status_matchers.h"
#include "tests/workbench/program_fixture.h"

namespace onebyone::testing {
namespace {

struct Network {
  const char* name;
  std::vector<std::string> layers;  // all that have reference outputs
};

std::ostream& operator<<(std::ostream& stream, const Network& network) { return stream << network.name; }

std::vector<float> Numbers(const std::string& path) {
  const absl::StatusOr<NpyArray> array = ParseNpy(ReadWhole(path));
  EXPECT_THAT(array, IsOk()) << path;
  if (!array.ok()) return {};
  std::vector<float> numbers(array->content.size() / sizeof(float));
  std::memcpy(numbers.data(), array->content.data(), array->content.size());
  return numbers;
}

class ReferenceNetworkTest : public ::testing::TestWithParam<Network> {
 protected:
  std::string Reference() const { return absl::StrCat(SharedFolder(), "/models/reference/", GetParam().name); }
  std::string Onnx() const { return absl::StrCat(SharedFolder(), "/models/", GetParam().name, ".onnx"); }

  std::vector<std::string> Pictures() const {
    std::vector<std::string> pictures;
    for (const auto& entry : std::filesystem::directory_iterator(Reference() + "/inputs")) {
      pictures.push_back(entry.path().string());
    }
    std::sort(pictures.begin(), pictures.end());
    return pictures;
  }

  const TemporaryFolder folder_;
  const std::string bundle_ = folder_ / "net";
};

// To 1e-4 of the layer's largest value, and the same class on top: through import, decoder, preprocessor and network.
TEST_P(ReferenceNetworkTest, EqualsEveryStoredOutput) {
  const std::string model = absl::StrCat("models/", GetParam().name, ".onnx");
  SKIP_WITHOUT_SHARED(model);
  ASSERT_THAT(Workbench({"import", Onnx(), "--output", bundle_, "--preset", "caffe"}), Succeeds());

  std::vector<std::string> run = {"run", "--bundle", bundle_, "--resize", "none", "--output", folder_ / "out"};
  for (const std::string& layer : GetParam().layers) run.insert(run.end(), {"--layer", layer});
  const std::vector<std::string> pictures = Pictures();
  ASSERT_FALSE(pictures.empty());
  run.insert(run.end(), pictures.begin(), pictures.end());
  ASSERT_THAT(Workbench(run), Succeeds());

  for (const std::string& picture : pictures) {
    for (const std::string& layer : GetParam().layers) {
      const std::string file = absl::StrCat(std::filesystem::path(picture).stem().string(), ".",
                                            absl::StrReplaceAll(layer, {{"/", "_"}}), ".npy");
      const std::vector<float> wanted = Numbers(Reference() + "/" + file);
      const std::vector<float> got = Numbers(folder_ / ("out/" + file));
      ASSERT_EQ(got.size(), wanted.size()) << file;
      float largest = 0;
      float difference = 0;
      for (size_t i = 0; i < wanted.size(); ++i) {
        largest = std::max(largest, std::abs(wanted[i]));
        difference = std::max(difference, std::isfinite(got[i]) ? std::abs(got[i] - wanted[i]) : INFINITY);
      }
      EXPECT_GT(largest, 0) << file;
      EXPECT_LE(difference, 1e-4 * largest) << file;
      const auto top = [](const std::vector<float>& numbers) {
        return std::max_element(numbers.begin(), numbers.end()) - numbers.begin();
      };
      EXPECT_EQ(top(got), top(wanted)) << file;
    }
  }
}

TEST_P(ReferenceNetworkTest, IsVerifiedByTheWorkbenchItself) {
  const std::string model = absl::StrCat("models/", GetParam().name, ".onnx");
  SKIP_WITHOUT_SHARED(model);
  ASSERT_THAT(Workbench({"import", Onnx(), "--output", bundle_, "--preset", "caffe"}), Succeeds());
  EXPECT_THAT(Workbench({"verify", "--bundle", bundle_, "--golden-folder", Reference()}), Succeeds());

  // The wrong order of colours must not pass.
  ASSERT_THAT(Workbench({"import", Onnx(), "--output", bundle_, "--preset", "caffe", "--color", "rgb", "--force"}),
              Succeeds());
  EXPECT_THAT(Workbench({"verify", "--bundle", bundle_, "--golden-folder", Reference()}),
              Ends(1, ::testing::HasSubstr("failed")));
}

INSTANTIATE_TEST_SUITE_P(Shared, ReferenceNetworkTest,
                         ::testing::Values(Network{"bvlc_googlenet", {"pool5", "prob"}},
                                           Network{"squeezenet1.0", {"pool_final", "prob"}}),
                         [](const auto& test) {
                           return absl::StrReplaceAll(test.param.name, {{".", "_"}});
                         });

}  // namespace
}  // namespace onebyone::testing
