#include "server/observability/refused_calls.h"

#include <spdlog/spdlog.h>

#include <string>
#include <utility>

namespace onebyone {
namespace {

constexpr absl::Duration kBetweenLines = absl::Seconds(1);

}  // namespace

void RefusedCalls::Tell(absl::string_view path, const absl::Status& why) {
  MethodMetrics& method = calls_.Of(path);
  method.CountStart();
  method.CountEnd(static_cast<grpc::StatusCode>(why.code()), absl::ZeroDuration());
  const absl::Time now = clock_();
  int64_t unlogged = 0;
  {
    const absl::MutexLock lock(&mutex_);
    if (now - logged_ < kBetweenLines) {
      ++unlogged_;
      return;
    }
    logged_ = now;
    unlogged = std::exchange(unlogged_, 0);
  }
  // What a client wrote is logged only where it is the name of a method of ours.
  spdlog::warn("refused: {}: {} ({} more since the line before)", calls_.Knows(path) ? std::string(path) : "unknown",
               std::string(why.message()), unlogged);
}

}  // namespace onebyone
