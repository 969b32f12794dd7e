#include "server/answer_buffer.h"

#include <grpcpp/support/slice.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace onebyone {
namespace {

// Below this a slice of its own costs more than the copy.
constexpr size_t kLeastSlice = 4096;

void AppendVarint(uint64_t number, std::string& bytes) {
  for (; number > 0x7F; number >>= 7) bytes.push_back(static_cast<char>(number | 0x80));
  bytes.push_back(static_cast<char>(number));
}

// A message of which parts are not serialized yet: bytes, kept as they are, in order.
class Parts {
 public:
  size_t size() const { return size_; }

  void Append(std::string bytes) {
    size_ += bytes.size();
    if (!parts_.empty() && parts_.back().size() < kLeastSlice && bytes.size() < kLeastSlice) {
      parts_.back() += bytes;
    } else {
      parts_.push_back(std::move(bytes));
    }
  }

  // A length-delimited field that holds `message`; fields of a message may come in any order (protobuf's encoding).
  void AppendField(int number, Parts message) {
    constexpr int kLengthDelimited = 2;
    std::string head;
    AppendVarint(static_cast<uint64_t>(number) << 3 | kLengthDelimited, head);
    AppendVarint(message.size(), head);
    Append(std::move(head));
    for (std::string& part : message.parts_) Append(std::move(part));
  }

  grpc::ByteBuffer ToBuffer() {
    std::vector<grpc::Slice> slices;
    for (std::string& part : parts_) {
      auto owned = std::make_unique<std::string>(std::move(part));
      std::string* const string = owned.release();
      slices.emplace_back(
          string->data(), string->size(), [](void* user_data) { delete static_cast<std::string*>(user_data); }, string);
    }
    return {slices.data(), slices.size()};
  }

 private:
  std::vector<std::string> parts_;
  size_t size_ = 0;
};

Parts PartsOf(v1::FeatureMap& feature) {
  Parts content;
  content.Append(std::move(*feature.mutable_content()));
  feature.clear_content();
  Parts parts;
  parts.Append(feature.SerializeAsString());
  if (content.size() > 0) parts.AppendField(v1::FeatureMap::kContentFieldNumber, std::move(content));
  return parts;
}

Parts PartsOf(v1::ImageResult& result) {
  google::protobuf::RepeatedPtrField<v1::FeatureMap> features;
  features.Swap(result.mutable_features());
  Parts parts;
  parts.Append(result.SerializeAsString());
  for (v1::FeatureMap& feature : features) parts.AppendField(v1::ImageResult::kFeaturesFieldNumber, PartsOf(feature));
  return parts;
}

Parts PartsOf(v1::ExtractFeaturesResponse& response) {
  google::protobuf::RepeatedPtrField<v1::ImageResult> results;
  results.Swap(response.mutable_results());
  Parts parts;
  parts.Append(response.SerializeAsString());
  for (v1::ImageResult& result : results) {
    parts.AppendField(v1::ExtractFeaturesResponse::kResultsFieldNumber, PartsOf(result));
  }
  return parts;
}

}  // namespace

grpc::ByteBuffer MakeAnswerBuffer(v1::ExtractFeaturesResponse response) { return PartsOf(response).ToBuffer(); }

grpc::ByteBuffer MakeAnswerBuffer(v1::StreamFeaturesResponse response) {
  v1::ExtractFeaturesResponse answer;
  const bool has_answer = response.has_response();
  if (has_answer) answer.Swap(response.mutable_response());
  response.clear_response();
  Parts parts;
  parts.Append(response.SerializeAsString());
  if (has_answer) parts.AppendField(v1::StreamFeaturesResponse::kResponseFieldNumber, PartsOf(answer));
  return parts.ToBuffer();
}

}  // namespace onebyone
