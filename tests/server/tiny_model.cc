#include "tests/server/tiny_model.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <opencv2/imgcodecs.hpp>
#include <thread>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tests/testing/graph_builder.h"

namespace onebyone::testing {
namespace {

std::shared_ptr<const Reduction> StoredReduction() {
  auto reduction = std::make_shared<Reduction>();
  reduction->name = "pca";
  reduction->layer = "block/output";
  reduction->weights = *Tensor::Create(DataType::kFloat32, {6, 24});
  for (int64_t i = 0; i < 6 * 24; ++i) reduction->weights.As<float>()[i] = 0.01F * static_cast<float>(i % 17) - 0.05F;
  reduction->bias = *Tensor::Create(DataType::kFloat32, {6});
  for (int64_t i = 0; i < 6; ++i) reduction->bias->As<float>()[i] = 0.5F * static_cast<float>(i);
  reduction->explained_variance = {0.5, 0.7, 0.8, 0.85, 0.9, 0.95};
  return reduction;
}

// More channels than the layer has, behind a hidden convolution.
std::shared_ptr<const Reduction> Head() {
  auto head = std::make_shared<Reduction>();
  head->name = "head";
  head->layer = "block/output";
  head->kind = Reduction::Kind::kHead;
  head->weights = *Tensor::Create(DataType::kFloat32, {30, 10});
  for (int64_t i = 0; i < 30 * 10; ++i) head->weights.As<float>()[i] = 0.02F * static_cast<float>(i % 13) - 0.1F;
  head->relu = true;
  head->hidden =
      PointwiseConvolution{.weights = *Tensor::Create(DataType::kFloat32, {10, 24}), .bias = {}, .relu = true};
  for (int64_t i = 0; i < 10 * 24; ++i) {
    head->hidden->weights.As<float>()[i] = 0.01F * static_cast<float>(i % 19) - 0.08F;
  }
  return head;
}

}  // namespace

std::shared_ptr<const Model> TinyModel(const std::string& name, int max_native_plans) {
  Bundle bundle;
  bundle.name = name;
  bundle.version = 3;
  bundle.description = "a tiny network for tests";
  bundle.sha256 = "5ha";
  bundle.preprocess.width = 32;
  bundle.preprocess.height = 32;
  bundle.preprocess.resize_shorter_side = 36;
  bundle.preprocess.scale = 1.0F / 255;
  bundle.default_layers = {"embedding"};
  bundle.aliases = {{"features", "block/output"}};
  bundle.reductions = {StoredReduction(), Head()};
  Graph graph = GraphBuilder()
                    .Input("image", {1, 3, 32, 32})
                    .Conv("conv", "image", 16, {.kernel = 3, .stride = 2, .pad = 1})
                    .Relu("conv_relu", "conv")
                    .Conv("block/1x1", "conv_relu", 16, {.kernel = 1})
                    .Conv("block/3x3", "conv_relu", 8, {.kernel = 3, .pad = 1})
                    .Concat("block/output", {"block/1x1", "block/3x3"})
                    .GlobalAveragePool("pool", "block/output")
                    .Flatten("embedding", "pool")
                    .Flatten("flat", "block/output")
                    .Output("embedding")
                    .Build();
  const auto model = MakeModel(std::move(bundle), std::move(graph),
                               {.convolution = CompileOptions::Convolution::kExact,  // the same bits each time
                                .max_native_plans = max_native_plans});
  EXPECT_TRUE(model.ok()) << model.status();
  return model.value();
}

std::string FolderOfBundles(const std::vector<std::string>& names) {
  const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
  // Parameterised tests have slashes in their names.
  const std::string name = absl::StrReplaceAll(absl::StrCat(test->test_suite_name(), "_", test->name()), {{"/", "_"}});
  const std::string folder = absl::StrCat(::testing::TempDir(), "bundles_", name);
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  for (const std::string& bundle : names) {
    std::filesystem::create_directories(absl::StrCat(folder, "/", bundle));
    std::ofstream(absl::StrCat(folder, "/", bundle, "/model.onnx")) << "read by the test's own load function";
  }
  return folder;
}

ModelRegistry::LoadFunction LoadTinyModels() {
  return [](const std::string& folder, PrecisionChoice,
            const CompileOptions& options) -> absl::StatusOr<std::shared_ptr<const Model>> {
    const std::string name = std::filesystem::path(folder).filename().string();
    if (absl::StartsWith(name, "broken")) return absl::InvalidArgumentError(absl::StrCat(name, " is broken"));
    return TinyModel(name, options.max_native_plans);
  };
}

std::unique_ptr<ModelRegistry> TinyRegistry(const std::vector<std::string>& names) {
  auto registry = ModelRegistry::Load({.folder = FolderOfBundles(names), .load = LoadTinyModels()});
  EXPECT_TRUE(registry.ok()) << registry.status();
  return *std::move(registry);
}

ServerOptions TinyServerOptions(const std::vector<std::string>& names) {
  ServerOptions options;
  options.models = FolderOfBundles(names);
  options.listen.address = "127.0.0.1:0";
  options.scheduler.lanes = 2;
  return options;
}

std::string EncodedPicture(int width, int height, const std::string& format, int shade) {
  cv::Mat picture(height, width, CV_8UC3);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      picture.at<cv::Vec3b>(y, x) = {static_cast<uint8_t>(x * 255 / width), static_cast<uint8_t>(y * 255 / height),
                                     static_cast<uint8_t>((x + y + shade) % 256)};
    }
  }
  std::vector<uint8_t> bytes;
  EXPECT_TRUE(cv::imencode(format, picture, bytes));
  return {bytes.begin(), bytes.end()};
}

void AddImages(int count, const std::string& content, v1::ExtractFeaturesRequest& request) {
  for (int i = 0; i < count; ++i) request.add_images()->set_content(content);
}

bool WaitForWork(Server& server) {
  const absl::Time end = absl::Now() + absl::Minutes(1);
  while (server.scheduler().admission().requests() == 0) {
    if (absl::Now() > end) return false;
    std::this_thread::yield();
  }
  return true;
}

}  // namespace onebyone::testing
