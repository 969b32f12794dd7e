// Many sizes of native pictures in a row, by several clients at once.

#include <gmock/gmock.h>
#include <grpcpp/client_context.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <thread>

#include "engine/tensor/aligned_buffer.h"
#include "tests/server/service_fixture.h"

namespace onebyone {
namespace {

using ::onebyone::testing::EncodedPicture;
using ::onebyone::testing::TinyServerOptions;

using NativeLoad = ::onebyone::testing::Service;

#if defined(ONEBYONE_SANITIZED)
constexpr bool kIsSanitized = true;  // which holds on to memory that has been freed
#else
constexpr bool kIsSanitized = false;
#endif

int64_t ResidentBytes() {
  std::ifstream statm("/proc/self/statm");
  int64_t size = 0;
  int64_t resident = 0;
  statm >> size >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

v1::ExtractFeaturesRequest NativeRequest(int width, int height) {
  v1::ExtractFeaturesRequest request;
  request.add_images()->set_content(EncodedPicture(width, height));
  request.set_input_size(v1::NATIVE);
  request.add_features()->set_layer("block/output");
  request.mutable_features(0)->set_channels(4);
  return request;
}

TEST_F(NativeLoad, ThreeHundredSizesStayWithinTheCache) {
  ServerOptions options = TinyServerOptions();
  options.compile.max_native_plans = 8;
  Start(options);
  const CompiledModel& model = *server_->models().entries().front().model->compiled;
  // Each lane has seen the largest one: its arena does not grow any more.
  for (int i = 0; i < 8; ++i) Extracted(NativeRequest(160, 160));
  const auto ask_all = [&](int first, int end) {
    constexpr int kClients = 4;
    std::atomic<int> next{first};
    std::vector<std::jthread> clients;
    for (int client = 0; client < kClients; ++client) {
      clients.emplace_back([&] {
        for (int i = next++; i < end; i = next++) {
          const int width = 34 + 2 * (i % 20);
          const int height = 34 + 2 * (i / 20);
          const v1::ExtractFeaturesResponse response = Extracted(NativeRequest(width, height));
          ASSERT_EQ(response.results(0).features_size(), 1) << response.results(0).status().message();
          EXPECT_EQ(response.results(0).features(0).shape(2), width / 2);
          EXPECT_EQ(response.results(0).features(0).shape(1), height / 2);
        }
      });
    }
  };
  ask_all(0, 100);
  const int64_t tensors = AlignedBuffer::LiveBytes();
  const int64_t resident = ResidentBytes();
  ask_all(100, 400);
  // A lane may have been lucky enough not to meet the largest picture above.
  constexpr int64_t kArena = 8 << 20;
  EXPECT_LE(AlignedBuffer::LiveBytes(), tensors + kArena);
  EXPECT_EQ(model.native_plans(), 8);
  EXPECT_EQ(model.native_compilations(), 401);
  if (!kIsSanitized) {
    EXPECT_LE(ResidentBytes(), resident + (24 << 20));
  }
}

TEST_F(NativeLoad, TwoRequestsOfTheSameNewSizeCompileOnce) {
  const CompiledModel& model = *server_->models().entries().front().model->compiled;
  const int64_t before = model.native_compilations();
  std::vector<std::jthread> clients;
  for (int client = 0; client < 6; ++client) clients.emplace_back([&] { Extracted(NativeRequest(120, 90)); });
  clients.clear();
  EXPECT_EQ(model.native_compilations(), before + 1);
}

}  // namespace
}  // namespace onebyone
