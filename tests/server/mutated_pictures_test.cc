// Pictures that are damaged, by the thousand, through the whole service.
//
// ONEBYONE_MUTATIONS: how many of each good picture of ONEBYONE_SHARED (20; 2000 before a release, by
// `tests/run --mutations`, under AddressSanitizer and UBSan).

#include <gmock/gmock.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "engine/base/file.h"
#include "tests/image/mutation.h"
#include "tests/server/service_fixture.h"
#include "tests/testing/folders.h"

namespace onebyone {
namespace {

using ::onebyone::testing::Mutated;
using ::onebyone::testing::Service;
using ::onebyone::testing::SharedFolder;
using ::onebyone::testing::TinyServerOptions;
using ::testing::AnyOf;

// Sanitizers make everything some times slower, and hold on to what is freed.
#ifdef ONEBYONE_SANITIZED
constexpr double kLongestSeconds = 10;
constexpr double kPeakMegabytes = 4096;
#else
constexpr double kLongestSeconds = 2;
constexpr double kPeakMegabytes = 1024;  // SECURITY.md: the dearest picture takes 739
#endif

int Mutations() {
  int count = 20;
  const char* wanted = std::getenv("ONEBYONE_MUTATIONS");
  EXPECT_TRUE(wanted == nullptr || absl::SimpleAtoi(wanted, &count));
  return count;
}

std::vector<std::string> PicturesOf(const std::string& kind) {
  std::vector<std::string> pictures;
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(SharedFolder() + "/images/" + kind)) {
    if (entry.path().extension() != ".csv") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  for (const auto& file : files) pictures.push_back(ReadFile(file.string()).value());
  return pictures;
}

double PeakMegabytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return 1.024e-3 * static_cast<double>(usage.ru_maxrss);
}

class MutatedPictures : public Service {
 protected:
  void SetUp() override {
    SKIP_WITHOUT_SHARED("images");
    Start(TinyServerOptions());
    SendGoodPicture();
  }

  // What comes of a picture; how long it took is kept.
  grpc::StatusCode Send(const std::string& picture) {
    v1::ExtractFeaturesRequest request;
    request.add_images()->set_content(picture);
    v1::ExtractFeaturesResponse response;
    const auto begin = std::chrono::steady_clock::now();
    const grpc::Status status = Extract(request, &response);
    longest_ = std::max(longest_, std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
    return status.ok() ? static_cast<grpc::StatusCode>(response.results(0).status().code()) : status.error_code();
  }
  void SendGoodPicture() {
    v1::ExtractFeaturesRequest request;
    request.add_images()->set_content(picture_);
    answers_.push_back(Extracted(request).results(0).features(0).content());
  }

  double longest_ = 0;
  std::vector<std::string> answers_;  // to the good picture
};

TEST_F(MutatedPictures, AreAnsweredSoonAndLeaveNothingBehind) {
  std::map<grpc::StatusCode, int> outcomes;
  for (const std::string& picture : PicturesOf("bad")) ++outcomes[Send(picture)];
  const std::vector<std::string> good = PicturesOf("good");
  ASSERT_FALSE(good.empty());
  const int mutations = Mutations();
  for (size_t i = 0; i < good.size(); ++i) {
    for (int m = 0; m < mutations; ++m) {
      const std::string& other = good[(i + 1 + m % (good.size() - 1)) % good.size()];
      ++outcomes[Send(Mutated(good[i], other, 1'000'000 * i + m))];
    }
    SendGoodPicture();
  }
  for (const auto& [code, count] : outcomes) {
    std::cout << absl::StreamFormat("code %d: %d\n", code, count);
    EXPECT_THAT(code, AnyOf(grpc::OK, grpc::INVALID_ARGUMENT, grpc::RESOURCE_EXHAUSTED));
  }
  std::cout << absl::StreamFormat("longest %.0f ms, peak %.0f MB\n", 1e3 * longest_, PeakMegabytes());
  EXPECT_GT(outcomes[grpc::OK], 0);
  EXPECT_GT(outcomes[grpc::INVALID_ARGUMENT], 0);
  EXPECT_THAT(answers_, ::testing::Each(answers_.front()));
  EXPECT_LT(longest_, kLongestSeconds);
  EXPECT_LT(PeakMegabytes(), kPeakMegabytes);
}

}  // namespace
}  // namespace onebyone
