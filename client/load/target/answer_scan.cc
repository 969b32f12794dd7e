#include "client/load/target/answer_scan.h"

#include <google/protobuf/message_lite.h>
#include <google/protobuf/wire_format_lite.h>

#include "absl/functional/function_ref.h"
#include "google/rpc/status.pb.h"
#include "onebyone/v1/feature_extraction.pb.h"

namespace onebyone {
namespace {

using ::google::protobuf::internal::WireFormatLite;
using ::google::protobuf::io::CodedInputStream;

// Calls `visit` with the number of each field of bytes or of a message, the stream limited to the field; what `visit`
// leaves unread is skipped, as are all other fields.
bool ForEachField(CodedInputStream& in, absl::FunctionRef<bool(int)> visit) {
  while (const uint32_t tag = in.ReadTag()) {
    if (WireFormatLite::GetTagWireType(tag) != WireFormatLite::WIRETYPE_LENGTH_DELIMITED) {
      if (!WireFormatLite::SkipField(&in, tag)) return false;
      continue;
    }
    const CodedInputStream::Limit limit = in.ReadLengthAndPushLimit();
    if (!visit(WireFormatLite::GetTagFieldNumber(tag)) || !in.Skip(in.BytesUntilLimit())) return false;
    in.PopLimit(limit);
  }
  return in.ConsumedEntireMessage();
}

// The rest of the field that the stream is limited to.
bool Parse(CodedInputStream& in, google::protobuf::MessageLite& message) {
  return message.MergeFromCodedStream(&in) && in.BytesUntilLimit() == 0;
}

bool ScanStatus(CodedInputStream& in, CallOutcome& outcome) {
  google::rpc::Status status;
  if (!Parse(in, status)) return false;
  if (status.code() == 0 || outcome.code != 0) return true;
  outcome.code = status.code();
  outcome.message = status.message();
  return true;
}

bool ScanTiming(CodedInputStream& in, CallOutcome& outcome) {
  v1::Timing timing;
  if (!Parse(in, timing)) return false;
  outcome.stages_us = {timing.queue_us(),  timing.decode_us(), timing.preprocess_us(), timing.network_us(),
                       timing.reduce_us(), timing.encode_us(), timing.total_us()};
  return true;
}

}  // namespace

bool ScanFeatures(CodedInputStream& in, CallOutcome& outcome, int64_t& pictures) {
  pictures = 0;
  return ForEachField(in, [&](int field) {
    if (field == v1::ExtractFeaturesResponse::kTimingFieldNumber) return ScanTiming(in, outcome);
    if (field != v1::ExtractFeaturesResponse::kResultsFieldNumber) return true;
    ++pictures;
    return ForEachField(
        in, [&](int of_result) { return of_result != v1::ImageResult::kStatusFieldNumber || ScanStatus(in, outcome); });
  });
}

bool ScanStreamFeatures(CodedInputStream& in, std::string& request_id, CallOutcome& outcome, int64_t& pictures) {
  return ForEachField(in, [&](int field) {
    if (field == v1::StreamFeaturesResponse::kRequestIdFieldNumber) {
      return in.ReadString(&request_id, in.BytesUntilLimit());
    }
    if (field == v1::StreamFeaturesResponse::kStatusFieldNumber) return ScanStatus(in, outcome);
    if (field == v1::StreamFeaturesResponse::kResponseFieldNumber) return ScanFeatures(in, outcome, pictures);
    return true;
  });
}

}  // namespace onebyone
