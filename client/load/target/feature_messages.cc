#include "client/load/target/feature_messages.h"

#include <google/protobuf/io/coded_stream.h>
#include <grpcpp/support/proto_buffer_reader.h>
#include <grpcpp/support/status.h>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "client/load/target/answer_scan.h"
#include "client/load/target/checksum.h"
#include "client/load/target/message_slices.h"

namespace onebyone {
namespace {

using ::google::protobuf::io::CodedInputStream;

void Refuse(const std::string& message, CallOutcome& outcome) {
  outcome.code = grpc::StatusCode::INTERNAL;
  outcome.message = absl::StrCat("answer: ", message);
}

uint64_t MapChecksum(const v1::FeatureMap& map) {
  uint64_t checksum = Checksum(map.content());
  for (const int64_t side : map.shape()) checksum = Checksum(absl::StrCat(side, ","), checksum);
  const absl::Span<const float> scale(map.scale());
  return Checksum(absl::string_view(reinterpret_cast<const char*>(scale.data()), scale.size() * sizeof(float)),
                  checksum);
}

void AddChecksums(const v1::ExtractFeaturesResponse& response, CallOutcome& outcome) {
  for (int32_t picture = 0; picture < response.results_size(); ++picture) {
    for (const v1::FeatureMap& map : response.results(picture).features()) {
      outcome.checksums.push_back({picture, map.layer(), MapChecksum(map)});
    }
  }
}

}  // namespace

FeatureMessages::FeatureMessages(const v1::ExtractFeaturesRequest& question, const LoadPictures& pictures,
                                 AnswerDepth depth)
    : depth_(depth), question_(question.SerializeAsString()) {
  images_.reserve(pictures.pictures.size());
  for (const Picture& picture : pictures.pictures) {
    v1::ExtractFeaturesRequest request;
    request.add_images()->set_content(picture.content);
    images_.push_back(request.SerializeAsString());
  }
}

grpc::ByteBuffer FeatureMessages::Request(const PlannedCall& call) const {
  MessageSlices message;
  message.Borrow(question_);
  for (const int32_t picture : call.pictures) message.Borrow(images_[static_cast<size_t>(picture)]);
  return message.ToBuffer();
}

grpc::ByteBuffer FeatureMessages::StreamRequest(const std::string& request_id, const PlannedCall& call) const {
  v1::StreamFeaturesRequest head;
  head.set_request_id(request_id);
  uint64_t length = question_.size();
  for (const int32_t picture : call.pictures) length += images_[static_cast<size_t>(picture)].size();
  MessageSlices message;
  message.Copy(head.SerializeAsString() + FieldHead(v1::StreamFeaturesRequest::kRequestFieldNumber, length));
  message.Borrow(question_);
  for (const int32_t picture : call.pictures) message.Borrow(images_[static_cast<size_t>(picture)]);
  return message.ToBuffer();
}

void FeatureMessages::ReadAnswer(grpc::ByteBuffer answer, const PlannedCall& call, CallOutcome& outcome) const {
  outcome.bytes_in = static_cast<int64_t>(answer.Length());
  if (depth_ == AnswerDepth::kChecksums) {
    grpc::ByteBuffer copy = answer;
    grpc::ProtoBufferReader reader(&copy);
    v1::ExtractFeaturesResponse response;
    if (response.ParseFromZeroCopyStream(&reader)) AddChecksums(response, outcome);
  }
  grpc::ProtoBufferReader reader(&answer);
  CodedInputStream in(&reader);
  int64_t pictures = 0;
  if (!ScanFeatures(in, outcome, pictures)) return Refuse("want an ExtractFeaturesResponse, got other bytes", outcome);
  CheckCount(call, pictures, outcome);
}

bool FeatureMessages::ReadStreamAnswer(grpc::ByteBuffer answer, std::string& request_id, CallOutcome& outcome,
                                       int64_t& pictures) const {
  outcome.bytes_in = static_cast<int64_t>(answer.Length());
  if (depth_ == AnswerDepth::kChecksums) {
    grpc::ByteBuffer copy = answer;
    grpc::ProtoBufferReader reader(&copy);
    v1::StreamFeaturesResponse response;
    if (!response.ParseFromZeroCopyStream(&reader)) return false;
    AddChecksums(response.response(), outcome);
  }
  grpc::ProtoBufferReader reader(&answer);
  CodedInputStream in(&reader);
  return ScanStreamFeatures(in, request_id, outcome, pictures);
}

void FeatureMessages::CheckCount(const PlannedCall& call, int64_t pictures, CallOutcome& outcome) {
  if (outcome.code != 0 || pictures == static_cast<int64_t>(call.pictures.size())) return;
  Refuse(absl::StrCat("want ", call.pictures.size(), " results, got ", pictures), outcome);
}

}  // namespace onebyone
