#include "server/answer_buffer.h"

#include <gmock/gmock.h>
#include <grpcpp/support/slice.h>

#include <algorithm>
#include <string>
#include <vector>

namespace onebyone {
namespace {

std::string Bytes(const grpc::ByteBuffer& buffer) {
  grpc::Slice slice;
  EXPECT_TRUE(buffer.DumpToSingleSlice(&slice).ok());
  return {reinterpret_cast<const char*>(slice.begin()), slice.size()};
}

// Two images, maps of all sizes, an error.
v1::ExtractFeaturesResponse Response() {
  v1::ExtractFeaturesResponse response;
  response.set_model("tiny");
  response.set_version(3);
  response.mutable_timing()->set_total_us(7);
  v1::ImageResult& good = *response.add_results();
  good.set_id("first");
  for (const size_t size : {size_t{0}, size_t{5}, size_t{4095}, size_t{4096}, size_t{300'000}}) {
    v1::FeatureMap& map = *good.add_features();
    map.set_layer("layer");
    map.add_shape(static_cast<int64_t>(size));
    map.set_content(std::string(size, 'x'));
    map.add_scale(0.5F);
  }
  response.add_results()->mutable_status()->set_code(3);
  return response;
}

TEST(AnswerBuffer, IsTheMessageInWireForm) {
  const v1::ExtractFeaturesResponse response = Response();
  v1::ExtractFeaturesResponse parsed;
  ASSERT_TRUE(parsed.ParseFromString(Bytes(MakeAnswerBuffer(response))));
  EXPECT_EQ(parsed.SerializeAsString(), response.SerializeAsString());
  EXPECT_EQ(Bytes(MakeAnswerBuffer(v1::ExtractFeaturesResponse())), "");
}

TEST(AnswerBuffer, OfAStreamIsTheMessageInWireForm) {
  v1::StreamFeaturesResponse response;
  response.set_request_id("7");
  v1::StreamFeaturesResponse parsed;
  ASSERT_TRUE(parsed.ParseFromString(Bytes(MakeAnswerBuffer(response))));
  EXPECT_EQ(parsed.SerializeAsString(), response.SerializeAsString());
  *response.mutable_response() = Response();
  ASSERT_TRUE(parsed.ParseFromString(Bytes(MakeAnswerBuffer(response))));
  EXPECT_EQ(parsed.SerializeAsString(), response.SerializeAsString());
}

TEST(AnswerBuffer, HoldsTheVeryBytesOfALargeMap) {
  v1::ExtractFeaturesResponse response = Response();
  const void* const large = response.results(0).features(4).content().data();
  const grpc::ByteBuffer buffer = MakeAnswerBuffer(std::move(response));
  std::vector<grpc::Slice> slices;
  ASSERT_TRUE(buffer.Dump(&slices).ok());
  EXPECT_TRUE(std::any_of(slices.begin(), slices.end(), [large](const grpc::Slice& slice) {
    return slice.begin() == large && slice.size() == 300'000;
  }));
}

}  // namespace
}  // namespace onebyone
