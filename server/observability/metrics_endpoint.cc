#include "server/observability/metrics_endpoint.h"

#include <httplib.h>
#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>
#include <sys/socket.h>

#include <iterator>
#include <thread>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace onebyone {
namespace {

constexpr int kThreads = 4;
constexpr int kMostSeconds = 5;  // that a client may hold one of them between two bytes
constexpr size_t kMostPayload = 1024;

std::string Serialize(const MetricsEndpoint::Collectables& collectables) {
  std::vector<prometheus::MetricFamily> families;
  for (const auto& collectable : collectables) {
    std::vector<prometheus::MetricFamily> more = collectable->Collect();
    families.insert(families.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  }
  return prometheus::TextSerializer().Serialize(families);
}

// "[::1]" is written so because of the port behind it.
std::string WithoutBrackets(absl::string_view host) {
  if (absl::ConsumePrefix(&host, "[")) absl::ConsumeSuffix(&host, "]");
  return std::string(host);
}

}  // namespace

class MetricsEndpoint::Http {
 public:
  explicit Http(Collectables collectables) : collectables_(std::move(collectables)) {
    server_.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };  // httplib owns it
    server_.set_keep_alive_max_count(1);  // no thread waits for a client that has been answered
    server_.set_read_timeout(kMostSeconds);
    server_.set_write_timeout(kMostSeconds);
    server_.set_payload_max_length(kMostPayload);
    server_.set_socket_options([](socket_t socket) {  // not SO_REUSEPORT: a second server on the port shall fail
      const int yes = 1;
      setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    });
    server_.Get("/metrics", [this](const httplib::Request& /*request*/, httplib::Response& response) {
      response.set_content(Serialize(collectables_), "text/plain; version=0.0.4; charset=utf-8");
    });
  }
  ~Http() {
    if (!thread_.joinable()) return;
    server_.stop();
    thread_.join();
  }

  // The port, or -1.
  int Listen(const std::string& host, int port) {
    const int bound = port == 0 ? server_.bind_to_any_port(host.c_str()) : port;
    if (bound < 0 || (port != 0 && !server_.bind_to_port(host.c_str(), port))) return -1;
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) std::this_thread::yield();  // stop() before that would do nothing
    return bound;
  }

 private:
  const Collectables collectables_;
  httplib::Server server_;
  std::thread thread_;
};

absl::StatusOr<std::unique_ptr<MetricsEndpoint>> MetricsEndpoint::Listen(const std::string& address,
                                                                         Collectables collectables) {
  const size_t colon = address.rfind(':');
  int port = 0;
  if (colon == std::string::npos || !absl::SimpleAtoi(address.substr(colon + 1), &port)) {
    return absl::InvalidArgumentError(absl::StrCat("--metrics-listen: wanted HOST:PORT, got '", address, "'"));
  }
  auto http = std::make_unique<Http>(std::move(collectables));
  const int bound = http->Listen(WithoutBrackets(address.substr(0, colon)), port);
  if (bound < 0) {
    return absl::UnavailableError(absl::StrCat("--metrics-listen: cannot listen on ", address,
                                               ": in use, not an address of this machine, or not permitted"));
  }
  return std::unique_ptr<MetricsEndpoint>(new MetricsEndpoint(std::move(http), bound));
}

MetricsEndpoint::MetricsEndpoint(std::unique_ptr<Http> http, int port) : http_(std::move(http)), port_(port) {}

MetricsEndpoint::~MetricsEndpoint() = default;

}  // namespace onebyone
