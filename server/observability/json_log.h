#pragma once

#include <spdlog/formatter.h>

#include <memory>

namespace onebyone {

// Each event of the program's log as a line of JSON: {"time":"...","level":"...","message":"..."}. UTC.
class JsonLogFormatter final : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& line) override;
  std::unique_ptr<spdlog::formatter> clone() const override { return std::make_unique<JsonLogFormatter>(); }
};

}  // namespace onebyone
