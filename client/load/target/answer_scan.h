#pragma once

#include <google/protobuf/io/coded_stream.h>

#include <cstdint>
#include <string>

#include "client/load/target/load_target.h"

namespace onebyone {

// Reads of a serialized onebyone.v1.ExtractFeaturesResponse what a load test wants to know and skips the maps. Sets the
// outcome's stages, and code and message of the first picture that failed; `pictures`: how many were answered. False
// where it is no such message. The stream ends with the message.
bool ScanFeatures(google::protobuf::io::CodedInputStream& in, CallOutcome& outcome, int64_t& pictures);

// The same of a StreamFeaturesResponse; code and message are the request's own where it failed as a whole.
bool ScanStreamFeatures(google::protobuf::io::CodedInputStream& in, std::string& request_id, CallOutcome& outcome,
                        int64_t& pictures);

}  // namespace onebyone
