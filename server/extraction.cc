#include "server/extraction.h"

#include <exception>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"

namespace onebyone {

Extraction::~Extraction() {
  if (admitted_) context_.scheduler.Leave(job_->bytes());
}

absl::Status Extraction::Start(const v1::ExtractFeaturesRequest& request, v1::ExtractFeaturesResponse& response,
                               absl::Time deadline, ExtractJob::Done done) {
  const absl::Time arrival = context_.clock();
  try {
    ASSIGN_OR_RETURN(ExtractSpec spec, CheckRequest(request, context_.limits, context_.models));
    job_ = std::make_unique<ExtractJob>(std::move(spec), request, response, context_.reductions, arrival, deadline,
                                        context_.clock, std::move(done));
  } catch (const std::exception& error) {  // no memory
    return absl::ResourceExhaustedError(absl::StrCat("the request could not be taken: ", error.what()));
  }
  admitted_ = true;  // before Schedule: a lane may be done before it returns
  const absl::Status scheduled = context_.scheduler.Schedule(*job_, job_->bytes());
  if (!scheduled.ok()) admitted_ = false;
  return scheduled;
}

void Extraction::Cancel() {
  if (job_ != nullptr) job_->Cancel();
}

}  // namespace onebyone
