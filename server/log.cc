#include "server/log.h"

#include <grpc/support/log.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>

#include "server/observability/json_log.h"

namespace onebyone {
namespace {

// gRPC writes to standard error on its own: its lines become ours. What it calls an error is one of a connection, which
// any client can cause, or that a port has been closed: no more than a warning.
void TakeGrpcLine(gpr_log_func_args* line) {
  const bool is_error = line->severity == GPR_LOG_SEVERITY_ERROR;
  spdlog::log(is_error ? spdlog::level::warn : spdlog::level::debug, "grpc: {}", line->message);
}

}  // namespace

void StartLog(const std::string& level, LogFormat format) {
  auto logger = std::make_shared<spdlog::logger>("onebyone", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc);
  if (format == LogFormat::kJson) logger->set_formatter(std::make_unique<JsonLogFormatter>());
  logger->set_level(spdlog::level::from_str(level));
  logger->flush_on(spdlog::level::trace);
  spdlog::set_default_logger(std::move(logger));
  gpr_set_log_function(TakeGrpcLine);
}

}  // namespace onebyone
