#pragma once

#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "onebyone/v1/feature_extraction.pb.h"
#include "server/observability/call_origin.h"
#include "server/observability/observability_options.h"

namespace onebyone {

// What the access log tells of a request for features; the texts may be a client's.
struct RequestSummary {
  std::string request_id;  // of StreamFeatures, or the `id` of ModelInfer; empty: none
  std::string model;
  int64_t version = 0;  // 0: no version was found
  std::string layers;   // separated by commas
  int images = 0;
  int failed_images = 0;  // each for itself
  int cached_images = 0;  // that the response cache answered
  int64_t image_bytes = 0;
  int64_t answer_bytes = 0;  // of feature maps
  v1::Timing timing;         // sums over the images
};

// One line of the access log.
struct AccessEntry {
  absl::Time time;  // of the end
  const CallOrigin* origin = nullptr;
  const RequestSummary* request = nullptr;  // null for calls that are no such request
  std::string code;
  std::string message;
  absl::Duration total;
};

// The line, without its end: key=value (values quoted and escaped where needed) or a JSON object. Texts are cut to 256
// bytes; no client can add a line, a key or a control character.
std::string FormatAccess(const AccessEntry& entry, LogFormat format);

}  // namespace onebyone
