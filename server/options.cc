#include "server/options.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"

namespace onebyone {
namespace {

// The most elements of a protocol buffer message are bound by its 2 GiB; some room is left for what is around the maps.
constexpr int64_t kMaxProtoBytes = (int64_t{2} << 30) - (int64_t{16} << 20);

constexpr int64_t kLeastResponseCache = int64_t{1} << 20;  // an eighth of it is the largest answer that is kept

absl::Status InRange(absl::string_view option, int64_t got, int64_t least, int64_t most) {
  if (got >= least && got <= most) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("--", option, ": wanted ", least, " to ", most, ", got ", got));
}

absl::Status NotNegative(absl::string_view option, absl::Duration got) {
  if (got >= absl::ZeroDuration()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("--", option, ": wanted 0 or more seconds, got ", absl::FormatDuration(got)));
}

absl::Status AtLeast(absl::string_view option, int64_t got, absl::string_view other, int64_t least) {
  if (got >= least) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("--", option, ": wanted at least --", other, " (", least, "), got ", got));
}

absl::Status CheckAddress(absl::string_view option, const std::string& address) {
  if (absl::StartsWith(address, "unix:") && address.size() > 5) return absl::OkStatus();
  const size_t colon = address.rfind(':');
  int port = -1;
  if (colon != std::string::npos && colon > 0 && absl::SimpleAtoi(address.substr(colon + 1), &port) && port >= 0 &&
      port <= 65535) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("--", option, ": wanted HOST:PORT with a port of 0 to 65535, or unix:PATH, got '", address, "'"));
}

absl::Status CheckListen(const ListenOptions& listen) {
  RETURN_IF_ERROR(CheckAddress("listen", listen.address));
  RETURN_IF_ERROR(InRange("max-streams", listen.max_streams, 1, 1'000'000));
  RETURN_IF_ERROR(InRange("max-connections", listen.max_connections, 1, 1'000'000));
  RETURN_IF_ERROR(InRange("max-header-bytes", listen.max_header_bytes, 1024, 16 << 20));
  RETURN_IF_ERROR(NotNegative("max-connection-age-grace", listen.max_connection_age_grace));
  for (const auto& [option, duration] :
       {std::pair{"handshake-timeout", listen.handshake_timeout}, std::pair{"upload-timeout", listen.upload_timeout},
        std::pair{"max-connection-idle", listen.max_connection_idle},
        std::pair{"max-connection-age", listen.max_connection_age}, std::pair{"keepalive-time", listen.keepalive_time},
        std::pair{"keepalive-timeout", listen.keepalive_timeout}}) {
    if (duration < absl::Seconds(1)) {
      return absl::InvalidArgumentError(
          absl::StrCat("--", option, ": wanted 1 or more seconds, got ", absl::FormatDuration(duration)));
    }
  }
  return absl::OkStatus();
}

// Ports that would be found to be one only after minutes of loading. Port 0 is another each time.
absl::Status CheckPorts(const ServerOptions& options) {
  const std::array<std::pair<absl::string_view, absl::string_view>, 3> ports = {
      {{"listen", options.listen.address},
       {"health-listen", options.security.health_listen},
       {"metrics-listen", options.observability.metrics_listen}}};
  for (size_t i = 0; i < ports.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      const auto& [option, address] = ports[i];
      if (address.empty() || address != ports[j].second || absl::EndsWith(address, ":0")) continue;
      return absl::InvalidArgumentError(absl::StrCat("--", option, ": wanted another address than --", ports[j].first,
                                                     ", got '", address, "' for both"));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckLimits(const RequestLimits& limits) {
  RETURN_IF_ERROR(InRange("max-images", limits.max_images, 1, 100'000));
  RETURN_IF_ERROR(InRange("max-features", limits.max_features, 1, 10'000));
  RETURN_IF_ERROR(InRange("max-message-bytes", limits.max_message_bytes, 1024, kMaxProtoBytes));
  RETURN_IF_ERROR(InRange("max-answer-bytes", limits.max_answer_bytes, 1024, kMaxProtoBytes));
  RETURN_IF_ERROR(InRange("max-native-pixels", limits.max_native_pixels, 1, int64_t{1} << 30));
  return limits.image.Validate();
}

}  // namespace

absl::Status ServerOptions::Validate() const {
  if (models.empty()) return absl::InvalidArgumentError("--models: wanted a folder of model bundles, got nothing");
  RETURN_IF_ERROR(InRange("model-versions", model_versions, 1, 100));
  RETURN_IF_ERROR(NotNegative("poll-models", poll_models));
  RETURN_IF_ERROR(CheckListen(listen));
  RETURN_IF_ERROR(security.Validate(listen.address));
  if (!security.health_listen.empty()) RETURN_IF_ERROR(CheckAddress("health-listen", security.health_listen));
  RETURN_IF_ERROR(CheckLimits(limits));
  RETURN_IF_ERROR(InRange("lanes", scheduler.lanes, 0, 4096));
  RETURN_IF_ERROR(InRange("max-queued-images", scheduler.max_queued_images, 1, 10'000'000));
  // A request that could not be accepted by an idle server would be told to try again for ever.
  RETURN_IF_ERROR(AtLeast("max-queued-images", scheduler.max_queued_images, "max-images", limits.max_images));
  RETURN_IF_ERROR(AtLeast("max-queued-bytes", scheduler.max_queued_bytes, "max-message-bytes plus --max-answer-bytes",
                          limits.max_message_bytes + limits.max_answer_bytes));
  RETURN_IF_ERROR(AtLeast("max-decoded-bytes", scheduler.max_decoded_bytes, "max-image-pixels' largest picture",
                          LargestImageBytes(limits.image)));
  RETURN_IF_ERROR(CheckPorts(*this));
  if (response_cache_bytes != 0 && response_cache_bytes < kLeastResponseCache) {
    return absl::InvalidArgumentError(absl::StrCat("--response-cache-bytes: wanted 0 (no cache) or at least ",
                                                   kLeastResponseCache, ", got ", response_cache_bytes));
  }
  RETURN_IF_ERROR(
      AtLeast("max-transport-bytes", max_transport_bytes(), "max-message-bytes twice", 2 * limits.max_message_bytes));
  RETURN_IF_ERROR(InRange("stream-window", limits.stream_window, 1, 1024));
  RETURN_IF_ERROR(InRange("max-plans", compile.max_plans, 1, 100'000));
  RETURN_IF_ERROR(InRange("max-native-plans", compile.max_native_plans, 1, 100'000));
  RETURN_IF_ERROR(observability.Validate());
  RETURN_IF_ERROR(NotNegative("lame-duck", drain.lame_duck));
  RETURN_IF_ERROR(NotNegative("drain-timeout", drain.timeout));
  return absl::OkStatus();
}

int64_t ServerOptions::max_transport_bytes() const {
  if (listen.max_transport_bytes != 0) return listen.max_transport_bytes;
  return std::max(scheduler.max_queued_bytes / 2, 2 * limits.max_message_bytes);
}

}  // namespace onebyone
