#include "server/extraction.h"

#include <exception>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "server/status_details.h"

namespace onebyone {

namespace {

// What an idle server could not take, it never can: to try again would be no use. (Without native images the options
// see to it.)
absl::Status CheckBudget(int64_t held_bytes, const ExtractSpec& spec, int64_t budget) {
  if (held_bytes <= budget || spec.native_images.empty()) return absl::OkStatus();
  return InvalidField(
      "images", absl::StrCat("at input_size NATIVE the request needs about ", held_bytes, " bytes, ", spec.image_bytes,
                             " of encoded images, ", spec.answer_bytes,
                             " of answers, and the network's for pictures of their size; wanted at most ", budget,
                             " (max_queued_bytes): send fewer or smaller pictures at a time"));
}

}  // namespace

Extraction::~Extraction() {
  if (admitted_) context_.scheduler.Leave(*job_, job_->bytes());
}

bool Extraction::FoundNoRoom(const absl::Status& started) {
  return absl::IsResourceExhausted(started) && RetryAfter(started).has_value();
}

absl::Status Extraction::Start(const v1::ExtractFeaturesRequest& request, v1::ExtractFeaturesResponse& response,
                               Caller caller, ExtractJob::Done done) {
  const absl::Time arrival = observation_.Begin(request, context_.clock());
  const bool waits_for_room = caller.waits_for_room;
  const absl::Status started = TryStart(request, response, arrival, std::move(caller),
                                        [this, &response, done = std::move(done)](const absl::Status& outcome) mutable {
                                          observation_.End(outcome, response);
                                          done(outcome);  // may destroy this
                                        });
  if (started.ok()) return started;
  if (waits_for_room && FoundNoRoom(started)) {
    observation_.Postpone();
  } else {
    observation_.Refuse(started);
  }
  return started;
}

absl::Status Extraction::TryStart(const v1::ExtractFeaturesRequest& request, v1::ExtractFeaturesResponse& response,
                                  absl::Time arrival, Caller caller, ExtractJob::Done done) {
  try {
    ASSIGN_OR_RETURN(ExtractSpec spec, CheckRequest(request, context_.limits, context_.models));
    const int64_t held_bytes = spec.HeldBytes(context_.scheduler.lanes());
    RETURN_IF_ERROR(CheckBudget(held_bytes, spec, context_.scheduler.admission().limits().bytes));
    observation_.Checked(spec);
    job_ = std::make_unique<ExtractJob>(std::move(spec), held_bytes, request, response, context_.reductions, arrival,
                                        std::move(caller), context_.clock, std::move(done));
  } catch (const std::exception& error) {  // no memory
    return absl::ResourceExhaustedError(absl::StrCat("the request could not be taken: ", error.what()));
  }
  admitted_ = true;  // before Schedule: a lane may be done before it returns
  const absl::Status scheduled = context_.scheduler.Schedule(*job_, job_->bytes());
  if (!scheduled.ok()) admitted_ = false;
  return scheduled;
}

void Extraction::Cancel() {
  if (job_ == nullptr) return;
  job_->Cancel();
  context_.scheduler.Withdraw(*job_);
}

}  // namespace onebyone
