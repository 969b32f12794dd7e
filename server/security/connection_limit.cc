#include "server/security/connection_limit.h"

#include <spdlog/spdlog.h>
#include <sys/resource.h>

#include <algorithm>

#include "server/security/spare_file.h"

namespace onebyone {
namespace {

constexpr absl::Duration kBetweenLooks = absl::Milliseconds(250);

}  // namespace

int AffordableConnections(int wanted) {
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) return wanted;
  const rlimit raised = {.rlim_cur = files.rlim_max, .rlim_max = files.rlim_max};
  if (setrlimit(RLIMIT_NOFILE, &raised) == 0) files = raised;
  const int affordable = static_cast<int>(std::min<rlim_t>(files.rlim_cur / 2, wanted));
  if (affordable < wanted) {
    spdlog::warn("--max-connections: wanted {}, held to {}: {} files may be open (ulimit -n)", wanted, affordable,
                 files.rlim_cur);
  }
  return affordable;
}

ConnectionLimit::ConnectionLimit(int most, const std::vector<std::string>& addresses)
    : most_(most), ports_(addresses.begin(), addresses.end()), ticker_(kBetweenLooks, [this] { Look(); }) {
  KeepSpareFile();
}

void ConnectionLimit::Look() {
  for (const Connections& port : ports_) {
    const int closed = port.CloseBeyond(most_);
    if (closed > 0) spdlog::warn("--max-connections: {} connections beyond {} closed", closed, most_);
  }
}

}  // namespace onebyone
