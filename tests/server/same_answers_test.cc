#include <gmock/gmock.h>

#include <atomic>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "tests/server/service_fixture.h"
#include "tests/server/tiny_model.h"

// A picture gets the same bits alone and under load, on any lane, in any place among any neighbours.

namespace onebyone {
namespace {

using ::onebyone::testing::EncodedPicture;
using ::onebyone::testing::Service;
using ::onebyone::testing::TinyServerOptions;

// One picture, asked for all that is computed of a layer in different ways.
v1::ExtractFeaturesRequest Asked() {
  v1::ExtractFeaturesRequest request;
  request.add_features()->set_layer("block/output");
  v1::FeatureRequest& reduced = *request.add_features();
  reduced.set_layer("block/output");
  reduced.set_channels(5);
  reduced.set_reduction(v1::RANDOM_PROJECTION);
  reduced.set_seed(7);
  v1::FeatureRequest& pooled = *request.add_features();
  pooled.set_layer("conv");
  pooled.mutable_pooling()->set_kind(v1::Pooling::AVERAGE);
  pooled.set_l2_normalize(true);
  return request;
}

std::string BytesOf(const v1::ImageResult& result) {
  std::string bytes;
  for (const v1::FeatureMap& map : result.features()) bytes += map.content();
  return bytes;
}

// Pictures of other sizes and formats, and some that are cut.
std::vector<std::string> Neighbours() {
  std::vector<std::string> pictures;
  for (const int side : {33, 64, 500, 900}) {
    for (const char* format : {".png", ".jpg"}) {
      pictures.push_back(EncodedPicture(side, 40 + side / 2, format, side));
      pictures.push_back(pictures.back().substr(0, pictures.back().size() / 2));
    }
  }
  return pictures;
}

TEST_F(Service, GivesAPictureTheSameBitsAmongAnyNeighboursOnAnyLane) {
  ServerOptions options = TinyServerOptions();
  options.scheduler.lanes = 3;
  options.limits.max_images = 8;
  Start(options);
  const std::string picture = EncodedPicture(301, 207, ".jpg");
  v1::ExtractFeaturesRequest alone = Asked();
  alone.add_images()->set_content(picture);
  const std::string wanted = BytesOf(Extracted(alone).results(0));
  ASSERT_FALSE(wanted.empty());

  constexpr int kCallers = 6;
  const std::vector<std::string> neighbours = Neighbours();
  std::atomic<int> different{0};
  std::vector<std::thread> callers;
  for (int caller = 0; caller < kCallers; ++caller) {
    callers.emplace_back([&, caller] {
      std::minstd_rand random(1 + static_cast<unsigned>(caller));
      for (int call = 0; call < 15; ++call) {
        v1::ExtractFeaturesRequest request = Asked();
        const int place = static_cast<int>(random() % 8);
        for (int i = 0; i < 8; ++i) {
          request.add_images()->set_content(i == place ? picture : neighbours[random() % neighbours.size()]);
        }
        const v1::ExtractFeaturesResponse response = Extracted(request);
        if (response.results_size() != 8 || BytesOf(response.results(place)) != wanted) ++different;
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(different, 0);
}

}  // namespace
}  // namespace onebyone
