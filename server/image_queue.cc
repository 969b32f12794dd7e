#include "server/image_queue.h"

namespace onebyone {

bool ImageQueue::Push(Job& job, absl::Time now) {
  const absl::MutexLock lock(&mutex_);
  if (closed_) return false;
  entries_.push_back({&job, 0, job.images(), now});
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

void ImageQueue::Close() {
  const absl::MutexLock lock(&mutex_);
  closed_ = true;
}

std::optional<QueuedImage> ImageQueue::Take() {
  if (entries_.empty()) return std::nullopt;
  Entry entry = entries_.front();
  entries_.pop_front();
  const QueuedImage image{entry.job, entry.next, entry.since};
  // After its last image the job may be gone at any moment: it must not be in the queue any more.
  if (++entry.next < entry.images) entries_.push_back(entry);
  return image;
}

}  // namespace onebyone
