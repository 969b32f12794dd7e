#include "client/image_batches.h"

#include <algorithm>
#include <deque>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "client/rpc_status.h"
#include "google/rpc/error_details.pb.h"

namespace onebyone {
namespace {

// After so many requests in a row that failed as a whole, the next will too.
constexpr int kHopeless = 8;

template <typename Detail>
bool ReadDetail(const absl::Status& status, Detail& detail) {
  const auto payload = status.GetPayload(absl::StrCat("type.googleapis.com/", Detail::descriptor()->full_name()));
  return payload.has_value() && detail.ParseFromString(std::string(*payload));
}

// Whether the server refused the images of a request together: how many or how large they are, not one of them.
bool BlamesAllImages(const absl::Status& status) {
  google::rpc::BadRequest bad;
  if (!absl::IsInvalidArgument(status) || !ReadDetail(status, bad)) return false;
  return std::any_of(bad.field_violations().begin(), bad.field_violations().end(),
                     [](const auto& violation) { return violation.field() == "images"; });
}

// A server that has too much to do says when to ask again; one that takes no message of this size does not.
bool TellsOfLoad(const absl::Status& status) {
  google::rpc::RetryInfo retry;
  return ReadDetail(status, retry);
}

// Whether other images would fail in the same way. An image's own failure comes in its result, so a request that fails
// as a whole fails for what all have in common, unless it was the size or the length of just this one.
bool ConcernsAll(absl::StatusCode code) {
  return code != absl::StatusCode::kResourceExhausted && code != absl::StatusCode::kDeadlineExceeded &&
         code != absl::StatusCode::kInternal && code != absl::StatusCode::kUnknown;
}

}  // namespace

// What the lists of a run share. Thread-safe.
class ImageBatches::Run {
 public:
  struct Limits {
    int64_t images;
    int64_t bytes;
  };

  Run(const FeatureClient& client, BatchOptions options)
      : client_(client),
        options_(std::move(options)),
        limits_{options_.images_per_request, options_.bytes_per_request} {}

  const FeatureClient& client() const { return client_; }
  const BatchOptions& options() const { return options_; }

  Limits limits() const {
    absl::MutexLock lock(&mutex_);
    return limits_;
  }

  void RefusedForSize(int64_t images, int64_t bytes) {
    absl::MutexLock lock(&mutex_);
    limits_ = {.images = std::min(limits_.images, (images + 1) / 2), .bytes = std::min(limits_.bytes, (bytes + 1) / 2)};
  }

  void Answered() {
    absl::MutexLock lock(&mutex_);
    failures_in_a_row_ = 0;
  }

  void Failed(const absl::Status& status) {
    absl::MutexLock lock(&mutex_);
    const bool hopeless = ConcernsAll(status.code()) || ++failures_in_a_row_ >= kHopeless;
    if (hopeless && stopped_by_.ok()) stopped_by_ = status;
  }

  absl::Status stopped_by() const {
    absl::MutexLock lock(&mutex_);
    return stopped_by_;
  }

 private:
  const FeatureClient& client_;
  const BatchOptions options_;
  mutable absl::Mutex mutex_;
  Limits limits_ ABSL_GUARDED_BY(mutex_);
  int failures_in_a_row_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Status stopped_by_ ABSL_GUARDED_BY(mutex_);
};

// One list on its way: cut into requests, a few of them under way, the rest waiting.
class ImageBatches::List : public std::enable_shared_from_this<List> {
 public:
  List(std::shared_ptr<Run> run, std::vector<std::string> images, Done done, const CallOptions& call)
      : run_(std::move(run)),
        images_(std::move(images)),
        call_(call),
        done_(std::move(done)),
        results_(images_.size(), absl::UnknownError("not asked")),
        waiting_{{0, images_.size()}} {}

  // Asks as much as may be under way; tells the results where nothing is left.
  void Advance() {
    for (Part part = Next(); part.size() > 0; part = Next()) Ask(part);
    {
      absl::MutexLock lock(&mutex_);
      if (told_ || under_way_ > 0 || !waiting_.empty()) return;
      told_ = true;
    }
    done_(std::move(results_));
  }

 private:
  struct Part {  // of the images
    size_t begin = 0;
    size_t end = 0;
    size_t size() const { return end - begin; }
  };

  // Empty where nothing may be asked now.
  Part Next() {
    const Run::Limits limits = run_->limits();
    const absl::Status stopped_by = run_->stopped_by();
    absl::MutexLock lock(&mutex_);
    if (!stopped_by.ok()) LeaveTheRest(stopped_by);
    while (!waiting_.empty() && waiting_.front().size() == 0) waiting_.pop_front();
    if (waiting_.empty() || under_way_ >= run_->options().requests_in_flight) return {};
    Part& rest = waiting_.front();
    Part part = {rest.begin, rest.begin + 1};
    auto bytes = static_cast<int64_t>(images_[rest.begin].size());
    while (part.end < rest.end && static_cast<int64_t>(part.size()) < limits.images) {
      bytes += static_cast<int64_t>(images_[part.end].size());
      if (bytes > limits.bytes) break;
      ++part.end;
    }
    rest.begin = part.end;
    if (rest.size() == 0) waiting_.pop_front();
    ++under_way_;
    return part;
  }

  void LeaveTheRest(const absl::Status& stopped_by) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    const absl::Status reason =
        absl::IsCancelled(stopped_by)
            ? stopped_by
            : absl::AbortedError(absl::StrCat("not asked, as it would fail too: ",
                                              stopped_by.ToString(absl::StatusToStringMode::kWithNoExtraData)));
    for (const Part& part : waiting_) {
      for (size_t i = part.begin; i < part.end; ++i) results_[i] = reason;
    }
    waiting_.clear();
  }

  void Ask(Part part) {
    v1::ExtractFeaturesRequest request = run_->options().request;
    for (size_t i = part.begin; i < part.end; ++i) request.add_images()->set_content(images_[i]);
    run_->client().ExtractFeaturesAsync(
        std::move(request),
        [list = shared_from_this(), part](absl::StatusOr<v1::ExtractFeaturesResponse> response) {
          list->Take(part, std::move(response));
          list->Advance();
        },
        call_);
  }

  void Take(Part part, absl::StatusOr<v1::ExtractFeaturesResponse> response) {
    if (response.ok()) {
      run_->Answered();
      for (size_t i = part.begin; i < part.end; ++i) {
        v1::ImageResult& result = *response->mutable_results(static_cast<int>(i - part.begin));
        const absl::Status status = StatusFromRpc(result.status());
        results_[i] = status.ok() ? absl::StatusOr<v1::ImageResult>(std::move(result)) : status;
      }
    } else if (!Halve(part, response.status())) {
      run_->Failed(response.status());
      for (size_t i = part.begin; i < part.end; ++i) results_[i] = response.status();
    }
    absl::MutexLock lock(&mutex_);
    --under_way_;
  }

  bool Halve(Part part, const absl::Status& status) {
    const bool too_much = absl::IsResourceExhausted(status) || BlamesAllImages(status);
    if (!too_much || part.size() < 2) return false;
    if (!TellsOfLoad(status)) {
      int64_t bytes = 0;
      for (size_t i = part.begin; i < part.end; ++i) bytes += static_cast<int64_t>(images_[i].size());
      run_->RefusedForSize(static_cast<int64_t>(part.size()), bytes);
    }
    const size_t middle = part.begin + part.size() / 2;
    absl::MutexLock lock(&mutex_);
    waiting_.push_front({middle, part.end});
    waiting_.push_front({part.begin, middle});
    return true;
  }

  const std::shared_ptr<Run> run_;
  const std::vector<std::string> images_;
  const CallOptions call_;
  Done done_;
  ImageResults results_;  // each is written by who has its part under way
  absl::Mutex mutex_;
  std::deque<Part> waiting_ ABSL_GUARDED_BY(mutex_);
  int under_way_ ABSL_GUARDED_BY(mutex_) = 0;
  bool told_ ABSL_GUARDED_BY(mutex_) = false;
};

ImageBatches::ImageBatches(const FeatureClient& client, BatchOptions options)
    : run_(std::make_shared<Run>(client, std::move(options))) {}

ImageBatches::~ImageBatches() = default;

ImageResults ImageBatches::Extract(std::vector<std::string> images, const CallOptions& options) {
  ImageResults results;
  absl::Notification answered;
  const auto take = [&](ImageResults all) {
    results = std::move(all);
    answered.Notify();
  };
  ExtractAsync(std::move(images), take, options);
  answered.WaitForNotification();
  return results;
}

void ImageBatches::ExtractAsync(std::vector<std::string> images, Done done, const CallOptions& options) {
  std::make_shared<List>(run_, std::move(images), std::move(done), options)->Advance();
}

absl::Status ImageBatches::stopped_by() const { return run_->stopped_by(); }

ImageResults ExtractImages(const FeatureClient& client, std::vector<std::string> images, BatchOptions options,
                           const CallOptions& call) {
  return ImageBatches(client, std::move(options)).Extract(std::move(images), call);
}

void ExtractImagesAsync(const FeatureClient& client, std::vector<std::string> images, BatchOptions options,
                        ImageBatches::Done done, const CallOptions& call) {
  ImageBatches(client, std::move(options)).ExtractAsync(std::move(images), std::move(done), call);
}

}  // namespace onebyone
