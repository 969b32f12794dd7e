#include "client/load/report/metrics_server.h"

#include <httplib.h>
#include <sys/socket.h>

#include <thread>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/synchronization/mutex.h"

namespace onebyone {
namespace {

constexpr int kThreads = 2;
constexpr int kMostSeconds = 5;  // that a client may hold one of them between two bytes
constexpr size_t kMostPayload = 1024;

}  // namespace

class MetricsServer::Http {
 public:
  Http() {
    server_.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };  // httplib owns it
    server_.set_keep_alive_max_count(1);
    server_.set_read_timeout(kMostSeconds);
    server_.set_write_timeout(kMostSeconds);
    server_.set_payload_max_length(kMostPayload);
    server_.set_socket_options([](socket_t socket) {  // not SO_REUSEPORT: a second one on the port shall fail
      const int yes = 1;
      setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    });
    server_.Get("/metrics", [this](const httplib::Request& /*request*/, httplib::Response& response) {
      absl::MutexLock lock(&mutex_);
      response.set_content(text_, "text/plain; version=0.0.4; charset=utf-8");
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

  void Publish(std::string text) {
    absl::MutexLock lock(&mutex_);
    text_ = std::move(text);
  }

 private:
  absl::Mutex mutex_;
  std::string text_ ABSL_GUARDED_BY(mutex_);
  httplib::Server server_;
  std::thread thread_;
};

absl::StatusOr<std::unique_ptr<MetricsServer>> MetricsServer::Listen(const std::string& address) {
  const size_t colon = address.rfind(':');
  int port = -1;
  if (colon == std::string::npos || colon == 0 || !absl::SimpleAtoi(address.substr(colon + 1), &port) || port < 0 ||
      port > 65535) {
    return absl::InvalidArgumentError(absl::StrCat("--metrics-listen: wanted HOST:PORT, got '", address, "'"));
  }
  absl::string_view host = absl::string_view(address).substr(0, colon);
  if (absl::ConsumePrefix(&host, "[")) absl::ConsumeSuffix(&host, "]");  // "[::1]" is written so because of the port
  auto http = std::make_unique<Http>();
  const int bound = http->Listen(std::string(host), port);
  if (bound < 0) {
    return absl::UnavailableError(absl::StrCat("--metrics-listen: cannot listen on ", address,
                                               ": in use, not an address of this machine, or not permitted"));
  }
  return std::unique_ptr<MetricsServer>(new MetricsServer(std::move(http), bound));
}

MetricsServer::MetricsServer(std::unique_ptr<Http> http, int port) : http_(std::move(http)), port_(port) {}

MetricsServer::~MetricsServer() = default;

void MetricsServer::Publish(std::string text) { http_->Publish(std::move(text)); }

}  // namespace onebyone
