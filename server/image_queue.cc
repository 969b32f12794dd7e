#include "server/image_queue.h"

#include <algorithm>

namespace onebyone {

bool ImageQueue::Push(Job& job, absl::Duration work, absl::Time now) {
  const absl::MutexLock lock(&mutex_);
  if (closed_) return false;
  Line& line = Of(job.priority());
  auto [known, is_new] = line.by_name.try_emplace(std::string(job.client()), line.clients.end());
  if (is_new) known->second = line.clients.insert(line.clients.end(), {std::string(job.client()), {}});
  known->second->jobs.push_back({&job, 0, job.images(), now, work});
  return true;
}

std::optional<QueuedImage> ImageQueue::Pop() {
  const absl::MutexLock lock(&mutex_);
  mutex_.Await(absl::Condition(this, &ImageQueue::Ready));
  return Take();
}

std::optional<QueuedImage> ImageQueue::TryPop() {
  const absl::MutexLock lock(&mutex_);
  return Take();
}

std::optional<QueuedImage> ImageQueue::Withdraw(const Job& job) {
  const absl::MutexLock lock(&mutex_);
  Line& line = Of(job.priority());
  const auto known = line.by_name.find(job.client());
  if (known == line.by_name.end()) return std::nullopt;
  std::deque<Entry>& jobs = known->second->jobs;
  const auto found = std::find_if(jobs.begin(), jobs.end(), [&job](const Entry& entry) { return entry.job == &job; });
  if (found == jobs.end()) return std::nullopt;
  const QueuedImage first{found->job, found->next, found->since, found->work};
  jobs.erase(found);
  if (jobs.empty()) Erase(line, known->second);
  return first;
}

void ImageQueue::Close() {
  const absl::MutexLock lock(&mutex_);
  closed_ = true;
}

std::optional<QueuedImage> ImageQueue::Take() {
  Line& interactive = Of(Priority::kInteractive);
  Line& bulk = Of(Priority::kBulk);
  const bool bulk_is_due = !bulk.clients.empty() && ahead_of_bulk_ >= kBulkOneIn - 1;
  if (!interactive.clients.empty() && !bulk_is_due) {
    ahead_of_bulk_ = bulk.clients.empty() ? 0 : ahead_of_bulk_ + 1;
    return TakeFrom(interactive);
  }
  ahead_of_bulk_ = 0;
  if (bulk.clients.empty()) return std::nullopt;
  return TakeFrom(bulk);
}

QueuedImage ImageQueue::TakeFrom(Line& line) {
  const auto client = line.clients.begin();
  Entry entry = client->jobs.front();
  client->jobs.pop_front();
  const QueuedImage image{entry.job, entry.next, entry.since, entry.work};
  // After its last image the job may be gone at any moment: it must not be in the queue any more.
  if (++entry.next < entry.images) client->jobs.push_back(entry);
  if (client->jobs.empty()) {
    Erase(line, client);
  } else {
    line.clients.splice(line.clients.end(), line.clients, client);
  }
  return image;
}

void ImageQueue::Erase(Line& line, std::list<Client>::iterator client) {
  line.by_name.erase(client->name);
  line.clients.erase(client);
}

}  // namespace onebyone
