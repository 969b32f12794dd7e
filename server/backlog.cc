#include "server/backlog.h"

#include <algorithm>

namespace onebyone {

void Backlog::Add(absl::string_view client, Priority priority, int64_t images, absl::Duration work) {
  Waiting& waiting = Of(priority);
  for (Amount* amount : {&waiting.sum, &waiting.clients[std::string(client)]}) {
    amount->images += images;
    amount->work += work;
  }
}

void Backlog::Remove(absl::string_view client, Priority priority, int64_t images, absl::Duration work) {
  Waiting& waiting = Of(priority);
  const auto found = waiting.clients.find(client);
  if (found == waiting.clients.end()) return;
  for (Amount* amount : {&waiting.sum, &found->second}) {
    amount->images -= images;
    // Sums of rounded parts: what is left of the last one is nothing.
    amount->work = amount->images == 0 ? absl::ZeroDuration() : std::max(absl::ZeroDuration(), amount->work - work);
  }
  if (found->second.images == 0) waiting.clients.erase(found);
}

int64_t Backlog::images(absl::string_view client) const {
  int64_t images = 0;
  for (const Waiting& waiting : waiting_) {
    const auto found = waiting.clients.find(client);
    if (found != waiting.clients.end()) images += found->second.images;
  }
  return images;
}

absl::Duration Backlog::WorkUntilDone(absl::string_view client, Priority priority, absl::Duration work) const {
  const Waiting& equals = Of(priority);
  const auto own = equals.clients.find(client);
  const absl::Duration mine = work + (own == equals.clients.end() ? absl::ZeroDuration() : own->second.work);
  absl::Duration same = mine;
  for (const auto& [name, amount] : equals.clients) {
    if (name != client) same += std::min(amount.work, mine);
  }
  if (priority == Priority::kInteractive) {
    return same + std::min(Of(Priority::kBulk).sum.work, same / (kBulkOneIn - 1));
  }
  return same + std::min(Of(Priority::kInteractive).sum.work, same * (kBulkOneIn - 1));
}

}  // namespace onebyone
