#include <gmock/gmock.h>
#include <grpcpp/support/slice.h>

#include <algorithm>
#include <string>
#include <vector>

#include "inference/grpc_service.pb.h"
#include "server/kserve/infer_response.h"

namespace onebyone {
namespace {

using ::testing::ElementsAre;

// Maps of 4,000 and 300,000 bytes for each of two images.
v1::ExtractFeaturesResponse Features() {
  v1::ExtractFeaturesResponse features;
  features.set_model("tiny");
  features.set_version(3);
  for (const char shade : {'x', 'y'}) {
    v1::ImageResult& result = *features.add_results();
    for (const size_t size : {size_t{4'000}, size_t{300'000}}) {
      v1::FeatureMap& map = *result.add_features();
      map.set_layer("layer");
      map.add_shape(static_cast<int64_t>(size));
      map.set_data_type(v1::FLOAT32);
      map.set_content(std::string(size, shade));
    }
  }
  return features;
}

TEST(InferAnswer, HoldsOneTensorForAllImages) {
  grpc::Slice whole;
  ASSERT_TRUE(MakeInferAnswer(Features(), "seven").DumpToSingleSlice(&whole).ok());
  inference::ModelInferResponse parsed;
  ASSERT_TRUE(parsed.ParseFromArray(whole.begin(), static_cast<int>(whole.size())));
  EXPECT_EQ(parsed.id(), "seven");
  EXPECT_EQ(parsed.model_name(), "tiny");
  EXPECT_EQ(parsed.model_version(), "3");
  ASSERT_EQ(parsed.outputs_size(), 2);
  EXPECT_THAT(parsed.outputs(1).shape(), ElementsAre(2, 300'000));
  EXPECT_THAT(parsed.raw_output_contents(), ElementsAre(std::string(4'000, 'x') + std::string(4'000, 'y'),
                                                        std::string(300'000, 'x') + std::string(300'000, 'y')));
}

TEST(InferAnswer, HoldsTheVeryBytesOfLargeMaps) {
  v1::ExtractFeaturesResponse features = Features();
  const void* const first = features.results(0).features(1).content().data();
  const void* const second = features.results(1).features(1).content().data();
  const grpc::ByteBuffer buffer = MakeInferAnswer(std::move(features), "");
  std::vector<grpc::Slice> slices;
  ASSERT_TRUE(buffer.Dump(&slices).ok());
  for (const void* const map : {first, second}) {
    EXPECT_TRUE(std::any_of(slices.begin(), slices.end(), [map](const grpc::Slice& slice) {
      return slice.begin() == map && slice.size() == 300'000;
    }));
  }
}

}  // namespace
}  // namespace onebyone
