#include "client/load/report/metrics_push.h"

#include <httplib.h>

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace onebyone {
namespace {

constexpr int kSeconds = 2;  // to connect, and between two bytes
constexpr char kScheme[] = "http://";

}  // namespace

absl::StatusOr<std::unique_ptr<MetricsPush>> MetricsPush::Create(const std::string& gateway, absl::Duration interval) {
  const size_t host = sizeof(kScheme) - 1;
  if (!absl::StartsWith(gateway, kScheme) || gateway.size() == host || gateway[host] == '/') {
    return absl::InvalidArgumentError(absl::StrCat("--metrics-push: wanted http://HOST:PORT, got '", gateway, "'"));
  }
  const size_t slash = std::min(gateway.find('/', host), gateway.size());
  std::string path = gateway.substr(slash);
  while (absl::EndsWith(path, "/")) path.pop_back();
  return std::unique_ptr<MetricsPush>(
      new MetricsPush(gateway.substr(0, slash), absl::StrCat(path, "/metrics/job/onebyone_load"), interval));
}

MetricsPush::MetricsPush(std::string origin, std::string path, absl::Duration interval)
    : origin_(std::move(origin)), path_(std::move(path)), interval_(interval), thread_([this] { Run(); }) {}

MetricsPush::~MetricsPush() {
  {
    absl::MutexLock lock(&mutex_);
    ending_ = true;
  }
  thread_.join();
}

void MetricsPush::Publish(std::string text) {
  absl::MutexLock lock(&mutex_);
  text_ = std::move(text);
}

absl::Status MetricsPush::status() const {
  absl::MutexLock lock(&mutex_);
  return status_;
}

void MetricsPush::Run() {
  for (bool ending = false; !ending;) {
    std::string text;
    {
      absl::MutexLock lock(&mutex_);
      ending = mutex_.AwaitWithTimeout(absl::Condition(&ending_), interval_);
      text = text_;
    }
    if (text.empty()) continue;
    absl::Status status = Push(text);
    absl::MutexLock lock(&mutex_);
    status_ = std::move(status);
  }
}

absl::Status MetricsPush::Push(const std::string& text) const {
  httplib::Client http(origin_);
  http.set_connection_timeout(kSeconds);
  http.set_read_timeout(kSeconds);
  http.set_write_timeout(kSeconds);
  const httplib::Result result = http.Put(path_, text, "text/plain; version=0.0.4; charset=utf-8");
  if (!result) {
    return absl::UnavailableError(
        absl::StrCat(origin_, path_, ": no answer (", httplib::to_string(result.error()), ")"));
  }
  if (result->status / 100 != 2) {
    return absl::UnavailableError(absl::StrCat(origin_, path_, ": wanted 200, got ", result->status));
  }
  return absl::OkStatus();
}

}  // namespace onebyone
