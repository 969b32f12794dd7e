#include "server/extraction.h"

#include <exception>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "server/status_details.h"

namespace onebyone {

namespace {

// What an idle server could not take, it never can: to try again would be no use. (Encoded images that are not
// native always fit: the options see to it.)
absl::Status CheckBudget(int64_t held_bytes, const ExtractSpec& spec, int64_t budget) {
  if (held_bytes <= budget) return absl::OkStatus();
  return InvalidField("images", absl::StrCat("the request needs about ", held_bytes, " bytes, ", spec.image_bytes,
                                             " of images, ", spec.answer_bytes,
                                             " of answers, and the rest for the images' form or the network at "
                                             "their size; wanted at most ",
                                             budget, " (max_queued_bytes): send fewer or smaller pictures at a time"));
}

}  // namespace

Extraction::~Extraction() {
  if (admitted_) context_.scheduler.Leave(*job_, job_->bytes());
}

bool Extraction::FoundNoRoom(const absl::Status& started) {
  return absl::IsResourceExhausted(started) && RetryAfter(started).has_value();
}

absl::Status Extraction::Start(const v1::ExtractFeaturesRequest& request, v1::ExtractFeaturesResponse& response,
                               Caller caller, ExtractJob::Done done, std::optional<RequestImages> images) {
  const int asked = images.has_value() ? static_cast<int>(images->sources.size()) : request.images_size();
  const absl::Time arrival = observation_.Begin(request, asked, caller.request_id, context_.clock());
  const bool waits_for_room = caller.waits_for_room;
  ExtractJob::Done tell = [this, &response, done = std::move(done)](const absl::Status& outcome) mutable {
    const CacheUse cache_use = job_->cache_use();
    context_.statistics.Record(response, outcome, cache_use, context_.clock());
    observation_.End(outcome, response, cache_use, job_->late_work());
    done(outcome);  // may destroy this
  };
  const absl::Status started =
      TryStart(request, response, arrival, std::move(caller), std::move(tell), std::move(images));
  if (started.ok()) return started;
  if (waits_for_room && FoundNoRoom(started)) {
    observation_.Postpone();
  } else {
    observation_.Refuse(started);
  }
  return started;
}

absl::Status Extraction::TryStart(const v1::ExtractFeaturesRequest& request, v1::ExtractFeaturesResponse& response,
                                  absl::Time arrival, Caller caller, ExtractJob::Done done,
                                  std::optional<RequestImages> images) {
  try {
    ASSIGN_OR_RETURN(ExtractSpec spec,
                     CheckRequest(request, images.has_value() ? *std::move(images) : ImagesOf(request), context_.limits,
                                  context_.models));
    const int64_t held_bytes = spec.HeldBytes(context_.scheduler.lanes());
    RETURN_IF_ERROR(CheckBudget(held_bytes, spec, context_.scheduler.admission().limits().bytes));
    observation_.Checked(spec);
    ExtractJob::Cached cached = {context_.cache, look_up_.Find(context_.cache, request, spec, context_.clock)};
    job_ = std::make_unique<ExtractJob>(std::move(spec), held_bytes, std::move(cached), response, context_.reductions,
                                        arrival, std::move(caller), context_.clock, std::move(done));
  } catch (const std::exception& error) {  // no memory
    return absl::ResourceExhaustedError(absl::StrCat("the request could not be taken: ", error.what()));
  }
  admitted_ = true;  // before Schedule: a lane may be done before it returns
  const bool has_kept = job_->has_kept();
  const absl::Status scheduled = context_.scheduler.Schedule(*job_, job_->bytes());
  if (!scheduled.ok()) {
    admitted_ = false;
    job_.reset();         // it may hold answers that the cache has given up, and nobody counts them
  } else if (has_kept) {  // otherwise the job may be gone
    job_->AnswerKept();
  }
  return scheduled;
}

void Extraction::Cancel() {
  if (job_ == nullptr) return;
  job_->Cancel();
  context_.scheduler.Withdraw(*job_);
  if (context_.cache != nullptr) job_->StopWaiting();
}

}  // namespace onebyone
