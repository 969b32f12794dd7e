#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "server/priority.h"

namespace onebyone {

// What waits for lanes: images, and the lane time that they are predicted to take, by priority and client. Says how
// much lane time passes until a newcomer is done, where lanes take the clients of a priority in turn and bulk images
// one in kBulkOneIn. Not thread-safe: admission's own.
class Backlog {
 public:
  void Add(absl::string_view client, Priority priority, int64_t images, absl::Duration work);
  void Remove(absl::string_view client, Priority priority, int64_t images, absl::Duration work);

  int64_t images() const { return images(Priority::kInteractive) + images(Priority::kBulk); }
  int64_t images(Priority priority) const { return Of(priority).sum.images; }
  int64_t images(absl::string_view client) const;  // of both priorities
  absl::Duration work() const { return Of(Priority::kInteractive).sum.work + Of(Priority::kBulk).sum.work; }

  // Lane time of all that is done before and with `work` more of `client`: by fair queueing (Demers, Keshav and
  // Shenker, 1989) each client gets as much as this one until it is done, or all that it waits for.
  absl::Duration WorkUntilDone(absl::string_view client, Priority priority, absl::Duration work) const;

 private:
  struct Amount {
    int64_t images = 0;
    absl::Duration work{};
  };
  struct Waiting {
    Amount sum;
    std::map<std::string, Amount, std::less<>> clients;  // none without images
  };

  const Waiting& Of(Priority priority) const { return waiting_[static_cast<size_t>(priority)]; }
  Waiting& Of(Priority priority) { return waiting_[static_cast<size_t>(priority)]; }

  std::array<Waiting, 2> waiting_;
};

}  // namespace onebyone
