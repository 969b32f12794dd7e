#include "server/observability/request_observation.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

namespace onebyone {
namespace {

constexpr size_t kMostLayers = 8;

ImageResult ResultOf(int code) {
  switch (static_cast<absl::StatusCode>(code)) {
    case absl::StatusCode::kOk: return ImageResult::kOk;
    case absl::StatusCode::kInvalidArgument: return ImageResult::kInvalid;
    case absl::StatusCode::kCancelled: return ImageResult::kCancelled;
    case absl::StatusCode::kDeadlineExceeded: return ImageResult::kDeadlineExceeded;
    default: return ImageResult::kError;
  }
}

// Triton has no word for a deadline that passed during the work: it is one way to be cancelled.
FailureReason ReasonOfFailure(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kCancelled:
    case absl::StatusCode::kDeadlineExceeded: return FailureReason::kCanceled;
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kResourceExhausted: return FailureReason::kBackend;
    default: return FailureReason::kOther;
  }
}

// Of lanes, in seconds.
double WorkOf(const v1::Timing& timing) {
  return static_cast<double>(timing.decode_us() + timing.preprocess_us() + timing.network_us() + timing.reduce_us() +
                             timing.encode_us()) *
         1e-6;
}

std::string LayersOf(const std::vector<FeatureSpec>& features) {
  std::string layers;
  for (size_t i = 0; i < features.size(); ++i) {
    if (i == kMostLayers) return absl::StrCat(layers, ",...");
    absl::StrAppend(&layers, i == 0 ? "" : ",", absl::string_view(features[i].asked).substr(0, 64));
  }
  return layers;
}

std::string LayersOf(const v1::ExtractFeaturesRequest& request) {
  std::vector<FeatureSpec> features(std::min<size_t>(request.features_size(), kMostLayers + 1));
  for (size_t i = 0; i < features.size(); ++i) features[i].asked = request.features(static_cast<int>(i)).layer();
  return LayersOf(features);
}

}  // namespace

absl::Time RequestObservation::Begin(const v1::ExtractFeaturesRequest& request, int images, std::string request_id,
                                     absl::Time now) {
  if (request_ == nullptr) arrival_ = now;
  request_ = &request;
  images_ = images;
  request_id_ = std::move(request_id);
  return arrival_;
}

void RequestObservation::Postpone() {
  if (model_ != nullptr) model_->pending().Decrement();
  model_ = nullptr;
}

void RequestObservation::Checked(const ExtractSpec& spec) {
  model_ = &observability_.metrics().models().Of(spec.model->bundle.name, spec.model->bundle.version);
  model_->pending().Increment();
  served_ = spec.model;
  if (observability_.logs_access()) layers_ = LayersOf(spec.features);  // those of the model where none is asked for
  image_bytes_ = spec.image_bytes;
  sizes_.clear();
  for (const ImageSource& image : spec.images.sources) sizes_.push_back(image.bytes.size());
}

void RequestObservation::Refuse(const absl::Status& reason) {
  const std::optional<Refusal> refusal = RefusalOf(reason);
  if (refusal.has_value()) observability_.metrics().CountRefusal(*refusal);
  if (model_ != nullptr) {
    model_->pending().Decrement();
    model_->CountFailure(refusal.has_value() ? FailureReason::kRejected : FailureReason::kOther);
  }
  Log(reason, nullptr);
}

void RequestObservation::End(const absl::Status& outcome, const v1::ExtractFeaturesResponse& response,
                             const CacheUse& cache, std::optional<absl::Duration> late_work) {
  model_->pending().Decrement();
  CountImages(outcome, response, cache);
  if (!outcome.ok()) model_->CountFailure(ReasonOfFailure(outcome.code()));
  if (ReasonOfFailure(outcome.code()) == FailureReason::kCanceled) {
    observability_.metrics().wasted_seconds().Increment(WorkOf(response.timing()));
  }
  if (late_work.has_value()) observability_.metrics().late_work().Observe(absl::ToDoubleSeconds(*late_work));
  Log(outcome, &response, cache.spared);
}

void RequestObservation::CountImages(const absl::Status& outcome, const v1::ExtractFeaturesResponse& response,
                                     const CacheUse& cache) {
  int answered = 0;
  for (const v1::ImageResult& image : response.results()) {
    model_->ObserveStages(image.timing());
    // An image that was done counts for nothing where its request failed.
    const ImageResult result = ResultOf(outcome.ok() ? image.status().code() : outcome.raw_code());
    model_->CountImage(result);
    if (result == ImageResult::kOk) ++answered;
  }
  for (const size_t size : sizes_) observability_.metrics().image_bytes().Observe(static_cast<double>(size));
  model_->CountCache(cache);
  if (outcome.ok()) model_->CountSuccess(response.timing(), answered - static_cast<int>(cache.spared));
}

void RequestObservation::Log(const absl::Status& outcome, const v1::ExtractFeaturesResponse* response,
                             int64_t spared) const {
  if (!observability_.logs_access()) return;
  RequestSummary summary;
  summary.request_id = request_id_;
  summary.model = served_ == nullptr ? request_->model() : served_->bundle.name;
  summary.version = served_ == nullptr ? 0 : served_->bundle.version;
  summary.layers = served_ == nullptr ? LayersOf(*request_) : layers_;
  summary.images = images_;
  summary.cached_images = static_cast<int>(spared);
  summary.image_bytes = image_bytes_;
  if (response != nullptr) {
    summary.timing = response->timing();
    for (const v1::ImageResult& image : response->results()) {
      if (image.status().code() != 0) ++summary.failed_images;
      for (const v1::FeatureMap& feature : image.features()) {
        summary.answer_bytes += static_cast<int64_t>(feature.content().size());
      }
    }
  }
  if (origin_ != nullptr) origin_->requests.fetch_add(1);
  const absl::Time now = observability_.clock()();
  observability_.LogAccess({.time = absl::Now(),
                            .origin = origin_,
                            .request = &summary,
                            .code = CodeName(static_cast<grpc::StatusCode>(outcome.code())),
                            .message = std::string(outcome.message()),
                            .total = now - arrival_});
}

}  // namespace onebyone
