#include "server/answer_buffer.h"

#include <utility>

#include "server/answer_parts.h"

namespace onebyone {
namespace {

AnswerParts PartsOf(v1::FeatureMap& feature) {
  AnswerParts content;
  content.Append(std::move(*feature.mutable_content()));
  feature.clear_content();
  AnswerParts parts;
  parts.Append(feature.SerializeAsString());
  if (content.size() > 0) parts.AppendField(v1::FeatureMap::kContentFieldNumber, std::move(content));
  return parts;
}

AnswerParts PartsOf(v1::ImageResult& result) {
  google::protobuf::RepeatedPtrField<v1::FeatureMap> features;
  features.Swap(result.mutable_features());
  AnswerParts parts;
  parts.Append(result.SerializeAsString());
  for (v1::FeatureMap& feature : features) parts.AppendField(v1::ImageResult::kFeaturesFieldNumber, PartsOf(feature));
  return parts;
}

AnswerParts PartsOf(v1::ExtractFeaturesResponse& response) {
  google::protobuf::RepeatedPtrField<v1::ImageResult> results;
  results.Swap(response.mutable_results());
  AnswerParts parts;
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
  AnswerParts parts;
  parts.Append(response.SerializeAsString());
  if (has_answer) parts.AppendField(v1::StreamFeaturesResponse::kResponseFieldNumber, PartsOf(answer));
  return parts.ToBuffer();
}

}  // namespace onebyone
