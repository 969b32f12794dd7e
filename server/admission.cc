#include "server/admission.h"

#include "absl/strings/str_cat.h"
#include "server/status_details.h"

namespace onebyone {

absl::Status Admission::Admit(int64_t images, int64_t bytes, absl::Time deadline) {
  const absl::Time now = clock_();
  if (now >= deadline) {
    return absl::DeadlineExceededError(
        absl::StrCat("the deadline had passed when the request arrived, by ", absl::FormatDuration(now - deadline)));
  }
  const absl::MutexLock lock(&mutex_);
  if (draining_) {
    return WithReason(WithRetryAfter(absl::UnavailableError("the server is draining and takes no new requests"),
                                     limits_.draining_retry_after),
                      reason::kDraining);
  }
  if (waiting_images_ + images > limits_.waiting_images) {
    return WithReason(WithRetryAfter(absl::ResourceExhaustedError(
                                         absl::StrCat("the queue is full: ", waiting_images_, " images wait, room for ",
                                                      limits_.waiting_images, ", got ", images, " more")),
                                     limits_.retry_after),
                      reason::kQueueFull);
  }
  if (bytes_ + bytes > limits_.bytes) {
    return WithReason(WithRetryAfter(absl::ResourceExhaustedError(
                                         absl::StrCat("the memory budget is spent: requests in work hold ", bytes_,
                                                      " bytes of ", limits_.bytes, ", got one of ", bytes, " more")),
                                     limits_.retry_after),
                      reason::kMemoryBudget);
  }
  waiting_images_ += images;
  bytes_ += bytes;
  ++requests_;
  return absl::OkStatus();
}

void Admission::Begin(int64_t images) {
  const absl::MutexLock lock(&mutex_);
  waiting_images_ -= images;
}

void Admission::Leave(int64_t bytes) {
  const absl::MutexLock lock(&mutex_);
  bytes_ -= bytes;
  --requests_;
}

void Admission::StartDraining() {
  const absl::MutexLock lock(&mutex_);
  draining_ = true;
}

bool Admission::WaitUntilEmpty(absl::Duration timeout) const {
  const absl::MutexLock lock(&mutex_);
  return mutex_.AwaitWithTimeout(absl::Condition(this, &Admission::Empty), timeout);
}

int64_t Admission::waiting_images() const {
  const absl::MutexLock lock(&mutex_);
  return waiting_images_;
}

int64_t Admission::bytes() const {
  const absl::MutexLock lock(&mutex_);
  return bytes_;
}

int64_t Admission::requests() const {
  const absl::MutexLock lock(&mutex_);
  return requests_;
}

}  // namespace onebyone
