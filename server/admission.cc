#include "server/admission.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "server/status_details.h"

namespace onebyone {
namespace {

constexpr double kGoldenRatio = 0.6180339887498949;

// 0.75 to 1.25, evenly spread over successive n: clients that were refused together do not come back together.
double Spread(uint64_t n) {
  const double turns = static_cast<double>(n) * kGoldenRatio;
  return 0.75 + 0.5 * (turns - std::floor(turns));
}

absl::Duration Rounded(absl::Duration duration) { return absl::Trunc(duration, absl::Microseconds(1)); }

}  // namespace

absl::Status Admission::Admit(const Request& request) {
  const absl::Time now = clock_();
  const absl::MutexLock lock(&mutex_);
  if (draining_) {
    return WithReason(WithRetryAfter(absl::UnavailableError("the server is draining and takes no new requests"),
                                     limits_.draining_retry_after),
                      reason::kDraining);
  }
  RETURN_IF_ERROR(CheckDeadline(request, now));
  const Load& load = request.load;
  if (load.images > 0) RETURN_IF_ERROR(CheckRoom(load));
  RETURN_IF_ERROR(CheckBytes(load.client, request.bytes));
  if (load.images > 0) backlog_.Add(load.client, load.priority, load.images, load.work);
  bytes_ += request.bytes;
  Held& held = held_[std::string(load.client)];
  ++held.requests;
  held.bytes += request.bytes;
  ++requests_;
  return absl::OkStatus();
}

absl::Status Admission::CheckDeadline(const Request& request, absl::Time now) {
  if (request.deadline == absl::InfiniteFuture()) return absl::OkStatus();
  if (now >= request.deadline) {
    return absl::DeadlineExceededError(absl::StrCat("the deadline had passed when the request arrived, by ",
                                                    absl::FormatDuration(Rounded(now - request.deadline))));
  }
  const Load& load = request.load;
  if (load.images == 0) return absl::OkStatus();
  // What is measured while nothing else is in work mends predictions that are too high.
  if (backlog_.images() == 0 && images_in_work_ == 0) return absl::OkStatus();
  const absl::Duration own = request.work_is_reliable ? load.work : absl::ZeroDuration();
  const absl::Duration one = own / load.images;
  // Images in work are half done on average. The last image of the request is done by one lane.
  const absl::Duration ahead = work_begun_ / 2 + backlog_.WorkUntilDone(load.client, load.priority, own) - one;
  const absl::Duration needed = ahead / lanes_ + one;
  if (now + needed <= request.deadline) return absl::OkStatus();
  return absl::DeadlineExceededError(absl::StrCat("cannot be done before the deadline: predicted to take ",
                                                  absl::FormatDuration(Rounded(needed)), " with ", backlog_.images(),
                                                  " images waiting, the deadline is in ",
                                                  absl::FormatDuration(Rounded(request.deadline - now))));
}

absl::Status Admission::CheckRoom(const Load& load) {
  const int64_t waiting = backlog_.images();
  const int64_t room = limits_.waiting_images - waiting;
  if (load.images > room) {
    return Refuse(absl::StrCat("the queue is full: ", waiting, " images wait, room for ", limits_.waiting_images,
                               ", got ", load.images, " more"),
                  reason::kQueueFull, load.images - room);
  }
  const int64_t own = backlog_.images(load.client);
  if (own + load.images > 2 * room) {
    return Refuse(absl::StrCat("the client's share of the queue is used up: ", own, " of its images wait, ", room,
                               " places are left for all clients, got ", load.images, " more"),
                  reason::kClientShare, own + load.images - 2 * room);
  }
  const int64_t bulk = backlog_.images(Priority::kBulk);
  const int64_t room_for_bulk = limits_.waiting_images / 4 * 3;
  if (load.priority == Priority::kBulk && bulk > 0 && bulk + load.images > room_for_bulk) {
    return Refuse(absl::StrCat("the queue is full for bulk requests: ", bulk, " of their images wait, room for ",
                               room_for_bulk, ", got ", load.images, " more"),
                  reason::kQueueFull, bulk + load.images - room_for_bulk);
  }
  return absl::OkStatus();
}

absl::Status Admission::CheckBytes(absl::string_view client, int64_t bytes) {
  const int64_t room = limits_.bytes - bytes_;
  if (bytes > room) {
    return Refuse(absl::StrCat("the memory budget is spent: requests in work hold ", bytes_, " bytes of ",
                               limits_.bytes, ", got one of ", bytes, " more"),
                  reason::kMemoryBudget, 1);
  }
  const auto held = held_.find(client);
  const int64_t own = held == held_.end() ? 0 : held->second.bytes;
  if (own + bytes <= 2 * room) return absl::OkStatus();
  return Refuse(absl::StrCat("the client's share of the memory budget is spent: its requests in work hold ", own,
                             " bytes, ", room, " are left for all clients, got one of ", bytes, " more"),
                reason::kClientShare, 1);
}

absl::Status Admission::Refuse(absl::string_view why, absl::string_view reason, int64_t images_too_many) {
  const int64_t waiting = std::max<int64_t>(1, backlog_.images());
  const absl::Duration until_room = backlog_.work() / lanes_ * (static_cast<double>(images_too_many) / waiting);
  const absl::Duration wait =
      std::clamp(until_room, limits_.least_retry_after, limits_.most_retry_after) * Spread(told_to_wait_++);
  return WithReason(WithRetryAfter(absl::ResourceExhaustedError(why), absl::Ceil(wait, absl::Milliseconds(1))), reason);
}

void Admission::Begin(const Load& load) {
  const absl::MutexLock lock(&mutex_);
  backlog_.Remove(load.client, load.priority, load.images, load.work);
  images_in_work_ += load.images;
  work_begun_ += load.work;
}

void Admission::End(absl::Duration work) {
  const absl::MutexLock lock(&mutex_);
  --images_in_work_;
  work_begun_ = images_in_work_ == 0 ? absl::ZeroDuration() : work_begun_ - work;
}

void Admission::Drop(const Load& load) {
  const absl::MutexLock lock(&mutex_);
  backlog_.Remove(load.client, load.priority, load.images, load.work);
}

void Admission::Leave(absl::string_view client, int64_t bytes) {
  const absl::MutexLock lock(&mutex_);
  bytes_ -= bytes;
  const auto own = held_.find(client);
  own->second.bytes -= bytes;
  if (--own->second.requests == 0) held_.erase(own);
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
  return backlog_.images();
}

int64_t Admission::waiting_images(Priority priority) const {
  const absl::MutexLock lock(&mutex_);
  return backlog_.images(priority);
}

int64_t Admission::images_in_work() const {
  const absl::MutexLock lock(&mutex_);
  return images_in_work_;
}

int64_t Admission::bytes() const {
  const absl::MutexLock lock(&mutex_);
  return bytes_;
}

int64_t Admission::requests() const {
  const absl::MutexLock lock(&mutex_);
  return requests_;
}

int64_t Admission::requests_of(absl::string_view client) const {
  const absl::MutexLock lock(&mutex_);
  const auto held = held_.find(client);
  return held == held_.end() ? 0 : held->second.requests;
}

absl::Duration Admission::predicted_wait() const {
  const absl::MutexLock lock(&mutex_);
  return (work_begun_ / 2 + backlog_.work()) / lanes_;
}

}  // namespace onebyone
