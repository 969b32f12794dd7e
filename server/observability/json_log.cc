#include "server/observability/json_log.h"

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "engine/base/json.h"

namespace onebyone {

void JsonLogFormatter::format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& line) {
  const spdlog::string_view_t level = spdlog::level::to_string_view(message.level);
  JsonObject event;
  event.String("time", absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", absl::FromChrono(message.time), absl::UTCTimeZone()));
  event.String("level", absl::string_view(level.data(), level.size()));
  event.String("message", absl::string_view(message.payload.data(), message.payload.size()));
  const std::string json = event.ToString();
  line.append(json.data(), json.data() + json.size());
  line.push_back('\n');
}

}  // namespace onebyone
