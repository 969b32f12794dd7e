#pragma once

#include <string>
#include <vector>

#include "client/load/target/call_messages.h"
#include "client/load/work/load_pictures.h"
#include "onebyone/v1/feature_extraction.pb.h"

namespace onebyone {

// ExtractFeatures and StreamFeatures of onebyone.
class FeatureMessages final : public CallMessages {
 public:
  // `question`: the request without its images. `pictures` is read here only.
  FeatureMessages(const v1::ExtractFeaturesRequest& question, const LoadPictures& pictures, AnswerDepth depth);

  std::string method() const override { return "/onebyone.v1.FeatureExtraction/ExtractFeatures"; }
  grpc::ByteBuffer Request(const PlannedCall& call) const override;
  void ReadAnswer(grpc::ByteBuffer answer, const PlannedCall& call, CallOutcome& outcome) const override;

  // As a StreamFeaturesRequest.
  grpc::ByteBuffer StreamRequest(const std::string& request_id, const PlannedCall& call) const;
  // Of a StreamFeaturesResponse; false, with `request_id` in doubt, where it is none. `pictures`: how many it answers.
  bool ReadStreamAnswer(grpc::ByteBuffer answer, std::string& request_id, CallOutcome& outcome,
                        int64_t& pictures) const;
  // INTERNAL where an answer without error answers another number of pictures than `call` asked.
  static void CheckCount(const PlannedCall& call, int64_t pictures, CallOutcome& outcome);

 private:
  const AnswerDepth depth_;
  std::string question_;
  std::vector<std::string> images_;  // of each picture, the field `images` with its head
};

}  // namespace onebyone
