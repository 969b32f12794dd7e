#include "server/intake/uploads.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/status_details.h"

namespace onebyone {
namespace {

// Until when a client that held too much may try again.
constexpr absl::Duration kRetryAfter = absl::Seconds(1);

}  // namespace

void Uploads::Add(Upload& upload, Upload::Kind kind, absl::string_view peer) {
  upload.kind_ = kind;
  upload.end_ = clock_() + (kind == Upload::Kind::kMessage ? limits_.patience : limits_.stream_patience);
  upload.begin_.reset();
  std::list<Upload*> one = {&upload};  // allocated outside the lock
  absl::Status closed;
  {
    const absl::MutexLock lock(&mutex_);
    closed = closed_[static_cast<size_t>(kind)];
    if (closed.ok()) {
      std::unique_ptr<Connection>& connection = connections_[std::string(peer)];
      if (connection == nullptr) connection = std::make_unique<Connection>();
      upload.connection_ = connection.get();
      upload.at_ = one.begin();
      connection->waiting.splice(connection->waiting.end(), one);
    }
  }
  if (!closed.ok()) upload.EndUpload(closed);
}

bool Uploads::Remove(Upload& upload, int64_t bytes) {
  std::list<Upload*> one;  // freed outside the lock
  const absl::MutexLock lock(&mutex_);
  Connection* const connection = std::exchange(upload.connection_, nullptr);
  if (connection == nullptr) return false;
  connection->delivered += bytes;
  one.splice(one.end(), connection->waiting, upload.at_);
  return true;
}

Upload* Uploads::Take(Connection& connection, std::list<Upload*>::iterator at) {
  Upload* const upload = *at;
  upload->connection_ = nullptr;
  connection.waiting.erase(at);
  return upload;
}

std::vector<Upload*> Uploads::Take(const std::function<bool(const Upload&)>& is_over) {
  std::vector<Upload*> taken;
  const absl::MutexLock lock(&mutex_);
  for (const auto& [peer, connection] : connections_) {
    for (auto next = connection->waiting.begin(); next != connection->waiting.end();) {
      const auto at = next++;
      if (is_over(**at)) taken.push_back(Take(*connection, at));
    }
  }
  return taken;
}

void Uploads::EndLate() {
  const absl::Time now = clock_();
  for (Upload* const upload : Take([now](const Upload& upload) { return upload.end_ <= now; })) {
    const bool is_message = upload->kind_ == Upload::Kind::kMessage;
    upload->EndUpload(absl::DeadlineExceededError(
        is_message ? absl::StrCat("the request had not arrived whole after ", absl::FormatDuration(limits_.patience),
                                  " (upload_timeout)")
                   : absl::StrCat("no whole request has come for ", absl::FormatDuration(limits_.stream_patience),
                                  " (max_connection_idle)")));
  }
}

int64_t Uploads::BytesHeld(Connection& connection, int64_t received) {
  // What a connection has received while nobody looked was delivered, but for what it has begun since: little, or its
  // first message.
  if (was_quiet_ && connection.delivered > 0) connection.last = {received, connection.delivered};
  // Those that have come since the last look have begun after it.
  for (auto upload = connection.waiting.rbegin(); upload != connection.waiting.rend(); ++upload) {
    if ((*upload)->begin_.has_value()) break;
    (*upload)->begin_ = connection.last;
  }
  connection.last = {received, connection.delivered};
  if (connection.waiting.empty()) return 0;
  const Upload::Mark& begin = *connection.waiting.front()->begin_;
  const int64_t held = (received - begin.received) - (connection.delivered - begin.delivered);
  const auto most = static_cast<int64_t>(connection.waiting.size()) * limits_.message_bytes;
  return std::clamp<int64_t>(held, 0, most);
}

void Uploads::EndBeyond(const std::map<std::string, int64_t>& received) {
  std::vector<Upload*> taken;
  int64_t all = 0;
  {
    const absl::MutexLock lock(&mutex_);
    std::vector<std::pair<int64_t, Connection*>> holders;
    for (auto next = connections_.begin(); next != connections_.end();) {
      const auto at = next++;
      const auto found = received.find(at->first);
      if (found != received.end()) {
        holders.emplace_back(BytesHeld(*at->second, found->second), at->second.get());
        all += holders.back().first;
      } else if (at->second->waiting.empty()) {
        connections_.erase(at);  // it has gone
      }
    }
    was_quiet_ = false;
    std::sort(holders.begin(), holders.end(), std::greater<>());
    int64_t left = all;
    for (auto holder = holders.begin(); left > limits_.bytes; ++holder) {
      left -= holder->first;
      // All of it: their frames lie side by side in gRPC's buffers, which none of them frees alone.
      std::list<Upload*>& waiting = holder->second->waiting;
      while (!waiting.empty()) taken.push_back(Take(*holder->second, waiting.begin()));
    }
  }
  const absl::Status why = WithReason(
      WithRetryAfter(absl::ResourceExhaustedError(absl::StrCat(
                         "requests that have not arrived whole hold ", all, " bytes, this connection's the most; ",
                         "wanted at most ", limits_.bytes, " (max_transport_bytes)")),
                     kRetryAfter),
      reason::kMemoryBudget);
  for (Upload* const upload : taken) upload->EndUpload(why);
}

bool Uploads::IsQuiet() {
  const absl::MutexLock lock(&mutex_);
  const bool is_quiet = std::all_of(connections_.begin(), connections_.end(),
                                    [](const auto& connection) { return connection.second->waiting.empty(); });
  was_quiet_ = was_quiet_ || is_quiet;
  return is_quiet;
}

void Uploads::EndAll(Upload::Kind kind, const absl::Status& why) {
  {
    const absl::MutexLock lock(&mutex_);
    closed_[static_cast<size_t>(kind)] = why;
  }
  for (Upload* const upload : Take([kind](const Upload& upload) { return upload.kind_ == kind; })) {
    upload->EndUpload(why);
  }
}

bool Uploads::HasMessageOf(absl::string_view peer) const {
  const absl::MutexLock lock(&mutex_);
  const auto found = connections_.find(peer);
  if (found == connections_.end()) return false;
  const std::list<Upload*>& waiting = found->second->waiting;
  return std::any_of(waiting.begin(), waiting.end(),
                     [](const Upload* upload) { return upload->kind_ == Upload::Kind::kMessage; });
}

int Uploads::count() const {
  const absl::MutexLock lock(&mutex_);
  int count = 0;
  for (const auto& [peer, connection] : connections_) count += static_cast<int>(connection->waiting.size());
  return count;
}

}  // namespace onebyone
