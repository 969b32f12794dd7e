#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "server/clock.h"

namespace onebyone {

// A call that waits for its next message, maybe with a part of it there already: gRPC does not tell.
class Upload {
 public:
  virtual ~Upload() = default;

  enum class Kind : uint8_t { kMessage, kNextOfStream };  // one that has begun, or a stream that may rest

  // It has waited long enough, and `why` is what its client is to be told. Called by a thread of others, once, and only
  // while it is among the uploads.
  virtual void EndUpload(const absl::Status& why) = 0;

 private:
  friend class Uploads;
  // What a connection had received by a moment, and what of it was whole messages.
  struct Mark {
    int64_t received = 0;
    int64_t delivered = 0;
  };
  struct Connection {
    std::list<Upload*> waiting;  // the oldest first
    int64_t delivered = 0;
    Mark last;  // when it was last looked at; its beginning before that
  };

  Kind kind_ = Kind::kMessage;
  absl::Time end_;
  Connection* connection_ = nullptr;  // null: waits no more
  std::list<Upload*>::iterator at_;
  std::optional<Mark> begin_;  // no later than its first byte; known once it has been looked at
};

// All of them, so that each ends in time, and all together hold no more than they may. Thread-safe.
class Uploads {
 public:
  struct Limits {
    absl::Duration patience = absl::Seconds(60);         // a message must be whole after it
    absl::Duration stream_patience = absl::Minutes(15);  // and the next one of a stream
    int64_t message_bytes = int64_t{64} << 20;           // of the largest message
    int64_t bytes = int64_t{512} << 20;                  // of all that are not whole
  };

  Uploads(const Limits& limits, Clock clock) : limits_(limits), clock_(std::move(clock)) {}

  // `upload` waits from now on, until Remove or EndUpload, which may be called before this returns. `peer`: the
  // connection.
  void Add(Upload& upload, Upload::Kind kind, absl::string_view peer);
  // Its message has come, of so many bytes, or never will. False where it has been ended: EndUpload is being called, or
  // has been.
  bool Remove(Upload& upload, int64_t bytes);

  // Ends those that have waited too long: DEADLINE_EXCEEDED. To be called now and then.
  void EndLate();
  // Ends some where all together hold too much: RESOURCE_EXHAUSTED. `received`: the bytes that each connection has
  // received since its beginning, by peer. What is no whole message by now is held, up to a message for each that
  // waits; on the connections that hold the most, all that waits is ended. To be called now and then;
  void EndBeyond(const std::map<std::string, int64_t>& received);
  // or this, where it is true, which spares that look: nothing waits.
  bool IsQuiet();
  // Ends all of a kind, and those to come at once.
  void EndAll(Upload::Kind kind, const absl::Status& why);
  // Whether one of the peer's messages is under way.
  bool HasMessageOf(absl::string_view peer) const;
  int count() const;

 private:
  using Connection = Upload::Connection;

  // Takes those out that `is_over` says.
  std::vector<Upload*> Take(const std::function<bool(const Upload&)>& is_over);
  Upload* Take(Connection& connection, std::list<Upload*>::iterator at) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  int64_t BytesHeld(Connection& connection, int64_t received) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Limits limits_;
  const Clock clock_;
  mutable absl::Mutex mutex_;
  std::map<std::string, std::unique_ptr<Connection>, std::less<>> connections_ ABSL_GUARDED_BY(mutex_);  // by peer
  bool was_quiet_ ABSL_GUARDED_BY(mutex_) = true;               // since the last look
  std::array<absl::Status, 2> closed_ ABSL_GUARDED_BY(mutex_);  // by kind: why there are to be no more; OK until then
};

}  // namespace onebyone
