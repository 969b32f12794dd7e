#include "server/extract_job.h"

#include <algorithm>
#include <new>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/status_details.h"

namespace onebyone {
namespace {

int64_t Microseconds(absl::Duration duration) { return absl::ToInt64Microseconds(duration); }

void Add(const v1::Timing& part, v1::Timing& sum) {
  sum.set_queue_us(sum.queue_us() + part.queue_us());
  sum.set_decode_us(sum.decode_us() + part.decode_us());
  sum.set_preprocess_us(sum.preprocess_us() + part.preprocess_us());
  sum.set_network_us(sum.network_us() + part.network_us());
  sum.set_reduce_us(sum.reduce_us() + part.reduce_us());
  sum.set_encode_us(sum.encode_us() + part.encode_us());
}

// Null where there is no memory.
std::shared_ptr<const FeatureMaps> CopyOf(const FeatureMaps& maps) noexcept {
  try {
    return std::make_shared<const FeatureMaps>(maps);
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

}  // namespace

ExtractJob::ExtractJob(ExtractSpec spec, int64_t held_bytes, Cached cached, v1::ExtractFeaturesResponse& response,
                       ReductionCache& reductions, absl::Time arrival, Caller caller, Clock clock, Done done)
    : spec_(std::move(spec)),
      client_(std::move(caller.client)),
      kind_(spec_.Kind()),
      held_bytes_(held_bytes),
      response_(response),
      arrival_(arrival),
      clock_(std::move(clock)),
      work_(spec_, reductions, clock_),
      cancellation_(caller.deadline),
      done_(std::move(done)),
      unfinished_(static_cast<int>(spec_.images.sources.size())),
      cached_(std::move(cached)),
      waiting_since_(spec_.images.sources.size(), absl::InfinitePast()) {
  response_.set_model(spec_.model->bundle.name);
  response_.set_version(spec_.model->bundle.version);
  response_.clear_results();  // of an attempt that found no room
  for (int i = 0; i < unfinished_; ++i) {
    const ImageSource& source = spec_.images.sources[i];
    v1::ImageResult& result = *response_.add_results();
    result.set_id(std::string(source.id));
    result.mutable_timing();
    if (cached_.images[i].on_arrival != nullptr) continue;
    queued_.push_back(i);
    if (source.form == ImageSource::Form::kEncoded) encoded_bytes_ += static_cast<int64_t>(source.bytes.size());
  }
}

void ExtractJob::AnswerKept() noexcept {
  // With the last of them the job may be gone.
  for (size_t index = 0, left = cached_.images.size() - queued_.size(); left > 0; ++index) {
    const std::shared_ptr<const FeatureMaps> kept = std::move(cached_.images[index].on_arrival);
    if (kept == nullptr) continue;
    --left;
    Take(static_cast<int>(index), AnsweredBy::kKept, absl::OkStatus(), kept.get());
  }
}

std::optional<ServiceTimes::Sample> ExtractJob::Run(int place, LaneTools& tools, absl::Duration waited) noexcept {
  const int index = queued_[place];
  waiting_since_[index] = clock_() - waited;
  if (!Leads(index)) return std::nullopt;
  std::optional<ServiceTimes::Sample> sample;
  std::optional<EqualImage> next = Compute(index, tools, sample);
  // On this lane: those that waited have no place in the queue any more.
  while (next.has_value()) next = next->job->Compute(next->index, tools, sample);
  return sample;
}

bool ExtractJob::Leads(int index) noexcept {
  CachedImage& image = cached_.images[index];
  if (!image.key.has_value()) return true;
  const AnswerKey key = *image.key;
  ResponseCache& cache = *cached_.cache;
  const absl::Time start = clock_();
  try {
    if (!cache.flights.Lead(key, {this, index})) return false;
  } catch (const std::bad_alloc&) {
    return true;  // without the cache, then
  }
  const std::shared_ptr<const FeatureMaps> kept = cache.answers.Find(key);
  image.time += clock_() - start;
  if (kept == nullptr) {
    image.by = AnsweredBy::kLane;
    return true;
  }
  // An equal image was done while this one waited.
  const Flights<EqualImage>::Followers followers = cache.flights.Land(key);
  Take(index, AnsweredBy::kKept, absl::OkStatus(), kept.get());
  AnswerAll(followers, absl::OkStatus(), kept.get());
  return false;
}

std::optional<EqualImage> ExtractJob::Compute(int index, LaneTools& tools,
                                              std::optional<ServiceTimes::Sample>& sample) noexcept {
  v1::ImageResult& result = *response_.mutable_results(index);
  result.mutable_timing()->set_queue_us(Microseconds(clock_() - waiting_since_[index]));
  const ImageWork::Outcome outcome = work_.Run(index, tools, cancellation_, result);
  sample = outcome.sample;
  const absl::Status& status = outcome.status;
  if (outcome.fault == ImageWork::Fault::kRequest) FailRequest(status);
  if (IsEndOfInterest(status)) NoteLateWork(outcome.late_work);
  CachedImage& image = cached_.images[index];
  if (image.by != AnsweredBy::kLane) {  // it leads no flight
    Settle(index, status);
    return std::nullopt;
  }
  const AnswerKey key = *image.key;
  ResponseCache& cache = *cached_.cache;
  if (!status.ok() && outcome.fault != ImageWork::Fault::kPicture) {
    const std::optional<EqualImage> heir = cache.flights.PassOn(key);
    if (heir.has_value()) heir->job->cached_.images[heir->index].by = AnsweredBy::kLane;
    Settle(index, status);
    return heir;
  }
  const absl::Time start = clock_();
  std::shared_ptr<const FeatureMaps> maps;
  if (status.ok()) maps = cache.answers.Keep(key, result.features());
  image.time += clock_() - start;
  const Flights<EqualImage>::Followers followers = cache.flights.Land(key);
  if (status.ok() && maps == nullptr && !followers.empty()) maps = CopyOf(result.features());
  Settle(index, status);
  AnswerAll(followers, status, maps.get());
  return std::nullopt;
}

void ExtractJob::Take(int index, AnsweredBy by, const absl::Status& status, const FeatureMaps* maps) noexcept {
  const absl::Time start = clock_();
  v1::ImageResult& result = *response_.mutable_results(index);
  CachedImage& image = cached_.images[index];
  if (waiting_since_[index] != absl::InfinitePast()) {
    result.mutable_timing()->set_queue_us(Microseconds(start - waiting_since_[index]));
  }
  absl::Status own = cancellation_.Check();  // its own caller may have gone while it waited
  if (own.ok()) {
    image.by = by;
    // The error tells of a picture's content; in this request the equal one has another place.
    own = WithRenamedField(status, [index](absl::string_view) { return absl::StrCat("images[", index, "].content"); });
  }
  if (own.ok()) {
    try {
      if (maps == nullptr) throw std::bad_alloc();
      *result.mutable_features() = *maps;
    } catch (const std::bad_alloc&) {
      own = absl::ResourceExhaustedError(absl::StrCat("images[", index, "]: the server has no memory left for it"));
    }
  }
  image.time += clock_() - start;
  Settle(index, own);
}

void ExtractJob::AnswerAll(const Flights<EqualImage>::Followers& followers, const absl::Status& status,
                           const FeatureMaps* maps) noexcept {
  for (const EqualImage& follower : followers) follower.job->Take(follower.index, AnsweredBy::kEqual, status, maps);
}

void ExtractJob::StopWaiting() noexcept {
  absl::Status reason = cancellation_.Check();
  if (clock_() >= cancellation_.deadline()) {
    reason = absl::DeadlineExceededError("the deadline passed while the image waited for an equal one");
  }
  for (const int index : queued_) {
    const std::optional<AnswerKey>& key = cached_.images[index].key;
    if (key.has_value() && cached_.cache->flights.Leave(*key, {this, index})) Drop(index, reason);
  }
}

CacheUse ExtractJob::cache_use() const {
  CacheUse use;
  for (size_t i = 0; i < cached_.images.size(); ++i) {
    const CachedImage& image = cached_.images[i];
    use.hits += image.by == AnsweredBy::kKept ? 1 : 0;
    use.shared += image.by == AnsweredBy::kEqual ? 1 : 0;
    use.misses += image.by == AnsweredBy::kLane ? 1 : 0;
    if (image.by == AnsweredBy::kLane) use.miss_time += image.time;
    if (image.by != AnsweredBy::kKept && image.by != AnsweredBy::kEqual) continue;
    use.hit_time += image.time;
    use.spared += response_.results(static_cast<int>(i)).status().code() == 0 ? 1 : 0;
  }
  return use;
}

void ExtractJob::Drop(int index, const absl::Status& reason) noexcept {
  *response_.mutable_results(index)->mutable_status() = ToRpcStatus(reason);
  FailRequest(reason);
  FinishImage(index);
}

void ExtractJob::Settle(int index, const absl::Status& status) noexcept {
  v1::ImageResult& result = *response_.mutable_results(index);
  if (status.ok()) {
    result.mutable_status();  // OK is told, not left out
  } else {
    result.clear_features();
    *result.mutable_status() = ToRpcStatus(status);
    if (spec_.images.all_or_nothing || IsEndOfInterest(status)) FailRequest(status);
  }
  FinishImage(index);
}

void ExtractJob::NoteLateWork(absl::Duration late_work) {
  const absl::MutexLock lock(&failure_mutex_);
  late_work_ = std::max(late_work_.value_or(late_work), late_work);
}

std::optional<absl::Duration> ExtractJob::late_work() const {
  const absl::MutexLock lock(&failure_mutex_);
  return late_work_;
}

void ExtractJob::FailRequest(const absl::Status& status) {
  {
    const absl::MutexLock lock(&failure_mutex_);
    failure_.Update(status);
  }
  cancellation_.Cancel();  // no use in its other images
}

void ExtractJob::FinishImage(int index) {
  response_.mutable_results(index)->mutable_timing()->set_total_us(Microseconds(clock_() - arrival_));
  // The last one sees what all others have written: their decrements release, this one acquires.
  if (unfinished_.fetch_sub(1, std::memory_order_acq_rel) == 1) FinishRequest();
}

void ExtractJob::FinishRequest() {
  for (const v1::ImageResult& result : response_.results()) Add(result.timing(), *response_.mutable_timing());
  response_.mutable_timing()->set_total_us(Microseconds(clock_() - arrival_));
  absl::Status status;
  {
    const absl::MutexLock lock(&failure_mutex_);
    status = failure_;
  }
  Done done = std::move(done_);  // the callee may destroy this job while it runs
  done(status);
}

}  // namespace onebyone
