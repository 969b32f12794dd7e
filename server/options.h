#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "engine/image/image_header.h"
#include "engine/precision_choice.h"
#include "engine/runtime/compiled_model.h"
#include "server/observability/observability_options.h"
#include "server/security/security_options.h"

namespace onebyone {

// What one request may ask for. Checked before any work is begun or memory taken.
struct RequestLimits {
  int max_images = 64;
  int max_features = 16;
  int64_t max_message_bytes = int64_t{64} << 20;  // over it gRPC itself answers RESOURCE_EXHAUSTED
  int64_t max_answer_bytes = int64_t{256} << 20;  // feature maps of all images of a request
  int stream_window = 16;                         // unanswered requests of one StreamFeatures call
  int64_t max_native_pixels = int64_t{2} << 20;   // width * height of an image that is not resized
  ImageLimits image;
};

// What decoding one picture can take: red, green and blue, once more where it has to be turned upright, and of a JPEG
// in several scans the coefficients, two bytes each of up to four components in units of up to 32x32 pixels. No more
// than these 8 bytes a pixel are the samples of a PNG with alpha and 16 bits, or those of a WebP and what it is
// unpacked into.
constexpr int64_t LargestImageBytes(const ImageLimits& limits) {
  constexpr int64_t kUnit = 32;
  const int64_t padded_pixels = limits.max_pixels + 2 * kUnit * limits.max_side + kUnit * kUnit;
  return 6 * limits.max_pixels + 8 * padded_pixels;
}

struct SchedulerOptions {
  int lanes = 0;                                 // worker threads; 0: one per usable CPU
  int max_queued_images = 256;                   // accepted and not begun; past it, RESOURCE_EXHAUSTED at once
  int64_t max_queued_bytes = int64_t{1} << 30;   // images and answers of all accepted requests
  int64_t max_decoded_bytes = int64_t{1} << 30;  // pixels of all images in work
};

struct ListenOptions {
  std::string address = "127.0.0.1:50051";  // HOST:PORT, port 0 picks a free one; or unix:PATH
  std::string port_file;                    // the port is written here once requests are served; empty: nowhere
  bool reflection = true;
  int max_streams = 256;                // concurrent calls of one connection
  int max_connections = 4096;           // of each port; less where fewer files may be open (connection_limit.h)
  int64_t max_header_bytes = 16 << 10;  // all headers of a call together
  // What gRPC may hold of messages that have not come whole; 0: half of max_queued_bytes, or twice max_message_bytes.
  int64_t max_transport_bytes = 0;
  absl::Duration upload_timeout = absl::Seconds(60);       // from a call's headers until its message is there
  absl::Duration handshake_timeout = absl::Seconds(10);    // from accept until TLS and the HTTP/2 settings are through
  absl::Duration max_connection_idle = absl::Minutes(15);  // without a call
  absl::Duration max_connection_age = absl::Minutes(30);   // gRPC adds or takes up to a tenth
  absl::Duration max_connection_age_grace = absl::Seconds(30);
  absl::Duration keepalive_time = absl::Seconds(60);
  absl::Duration keepalive_timeout = absl::Seconds(20);
};

struct DrainOptions {
  absl::Duration lame_duck = absl::ZeroDuration();  // NOT_SERVING told, requests still taken
  absl::Duration timeout = absl::Seconds(30);       // accepted requests that take longer are cancelled
};

struct ServerOptions {
  std::string models;                             // folder of bundles
  std::string default_model;                      // empty: the first that loaded
  int model_versions = 1;                         // of each model that are served: the highest so many
  absl::Duration poll_models = absl::Seconds(5);  // how often the folder is looked at for changes; 0: never
  std::string log_level = "info";
  ListenOptions listen;
  SecurityOptions security;
  RequestLimits limits;
  SchedulerOptions scheduler;
  DrainOptions drain;
  ObservabilityOptions observability;
  CompileOptions compile;  // but for the precision and the cache:
  PrecisionChoice precision = PrecisionChoice::kAuto;
  int64_t response_cache_bytes = 0;  // of answers that are kept for equal pictures; 0: none are
  std::string kernel_cache;          // folder of measured choices; empty or "off": none are kept

  // INVALID_ARGUMENT naming the option, what was wanted and what was got.
  absl::Status Validate() const;
  // Of `listen`, or what its 0 means.
  int64_t max_transport_bytes() const;
};

}  // namespace onebyone
