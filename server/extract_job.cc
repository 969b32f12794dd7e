#include "server/extract_job.h"

#include <exception>
#include <new>
#include <string>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "server/map_geometry.h"
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

// What stops the whole request, not only one image: the caller has gone or the time is over.
bool EndsRequest(const absl::Status& status) {
  return status.code() == absl::StatusCode::kCancelled || status.code() == absl::StatusCode::kDeadlineExceeded;
}

}  // namespace

ExtractJob::ExtractJob(ExtractSpec spec, int64_t held_bytes, v1::ExtractFeaturesResponse& response,
                       ReductionCache& reductions, absl::Time arrival, Caller caller, Clock clock, Done done)
    : spec_(std::move(spec)),
      client_(std::move(caller.client)),
      kind_(spec_.Kind()),
      held_bytes_(held_bytes),
      response_(response),
      reductions_(reductions),
      arrival_(arrival),
      clock_(std::move(clock)),
      cancellation_(caller.deadline),
      done_(std::move(done)),
      unfinished_(images()) {
  response_.set_model(spec_.model->bundle.name);
  response_.set_version(spec_.model->bundle.version);
  response_.clear_results();  // of an attempt that found no room
  for (const ImageSource& image : spec_.images.sources) response_.add_results()->set_id(std::string(image.id));
}

std::optional<ServiceTimes::Sample> ExtractJob::Run(int index, LaneTools& tools, absl::Duration waited) noexcept {
  ServiceTimes::Sample sample;
  v1::ImageResult& result = *response_.mutable_results(index);
  absl::Status status;
  try {
    result.mutable_timing()->set_queue_us(Microseconds(waited));
    tools.cancellation = &cancellation_;
    const absl::Cleanup tidy_up = [&tools] { tools.TidyUp(); };
    status = Extract(index, tools, result, sample);
  } catch (const std::bad_alloc&) {
    status = absl::ResourceExhaustedError(absl::StrCat("images[", index, "]: the server has no memory left for it"));
  } catch (const std::exception& error) {
    status = absl::InternalError(absl::StrCat("images[", index, "]: ", error.what()));
  }
  if (!status.ok()) {
    result.clear_features();
    *result.mutable_status() = ToRpcStatus(status);
    if (spec_.images.all_or_nothing || EndsRequest(status)) FailRequest(status);
  } else {
    result.mutable_status();  // OK is told, not left out
  }
  FinishImage(index);
  if (!status.ok()) return std::nullopt;
  return sample;
}

void ExtractJob::Skip(int index, const absl::Status& reason) noexcept {
  *response_.mutable_results(index)->mutable_status() = ToRpcStatus(reason);
  FailRequest(reason);
  FinishImage(index);
}

absl::Status ExtractJob::Extract(int index, LaneTools& tools, v1::ImageResult& result, ServiceTimes::Sample& sample) {
  const bool is_native = spec_.fit == InputFit::kNative;
  if (is_native) RETURN_IF_ERROR(spec_.native_images[index].status);
  const ImageSource& source = spec_.images.sources[index];
  v1::Timing& timing = *result.mutable_timing();
  const std::string field = absl::StrCat("images[", index, "].content");
  ASSIGN_OR_RETURN(Preprocessor* const preprocessor, tools.PreprocessorFor(spec_.model));

  const absl::Time start = clock_();
  const int64_t min_side = spec_.scaled_decode ? preprocessor->MinSide(spec_.fit) : 0;
  const absl::StatusOr<RgbImage> image = ReadPixels(source, *tools.decoder, min_side);
  const absl::Time decoded = clock_();
  timing.set_decode_us(Microseconds(decoded - start));
  if (!image.ok()) return EndsRequest(image.status()) ? image.status() : AtField(field, image.status());
  RETURN_IF_ERROR(cancellation_.Check());

  const absl::StatusOr<FeaturePlan> plan = PlanOf(index);
  const absl::Status usable = plan.ok() ? tools.executor->Use(plan->plan) : plan.status();
  if (!usable.ok()) {
    if (!is_native) FailRequest(usable);  // it would fail every image
    return usable;
  }
  const absl::Time planned = clock_();
  const absl::StatusOr<InputToImage> transform =
      WriteInput(source, *image, spec_.fit, *preprocessor, tools.executor->Input());
  if (!transform.ok()) return AtField(field, transform.status());
  const absl::Time preprocessed = clock_();
  timing.set_preprocess_us(Microseconds(preprocessed - planned));

  const absl::Status ran = tools.executor->Run(&cancellation_);
  // Making the plan is part of it: nearly nothing, but for the first request of its kind. Told of a cancelled run too:
  // it was work.
  timing.set_network_us(Microseconds(clock_() - preprocessed + (planned - decoded)));
  RETURN_IF_ERROR(ran);
  EncodeFeatures(*plan, *transform, *image, tools, result);
  const bool was_decoded = source.form == ImageSource::Form::kEncoded;
  sample = {was_decoded ? static_cast<int64_t>(source.bytes.size()) : 0, decoded - start, clock_() - planned};
  return absl::OkStatus();
}

void ExtractJob::EncodeFeatures(const FeaturePlan& plan, const InputToImage& transform, const RgbImage& image,
                                LaneTools& tools, v1::ImageResult& result) const {
  FeatureEncoder::Times times;
  const Shape& input = plan.plan->inputs.front().shape;
  for (size_t i = 0; i < spec_.features.size(); ++i) {
    const FeatureSpec& spec = spec_.features[i];
    const int output = plan.output_of_feature[i];
    v1::FeatureMap& feature = *result.add_features();
    feature.set_layer(spec.asked);
    const FeatureEncoder::Times own = tools.encoder.Encode(tools.executor->Output(output), spec.form, feature);
    times.reduce += own.reduce;
    times.encode += own.encode;
    const bool known = spec.source == FeatureSpec::Source::kStored &&
                       static_cast<int64_t>(spec.stored->explained_variance.size()) >= spec.channels;
    feature.set_reduction(plan.reduction_of_feature[i]);
    if (known) feature.set_explained_variance(spec.stored->explained_variance[spec.channels - 1]);
    *feature.mutable_geometry() =
        GeometryOf(plan.plan->outputs[output], spec.form.pooling, input[2], input[3], transform, image);
  }
  result.mutable_timing()->set_reduce_us(Microseconds(times.reduce));
  result.mutable_timing()->set_encode_us(Microseconds(times.encode));
}

absl::StatusOr<FeaturePlan> ExtractJob::PlanOf(int index) {
  if (spec_.fit == InputFit::kNative) {
    const NativeImage& image = spec_.native_images[index];
    return MakeFeaturePlan(spec_, image.height, image.width, reductions_);
  }
  const absl::MutexLock lock(&plan_mutex_);
  if (!plan_.has_value()) {
    const CompiledModel& model = *spec_.model->compiled;
    plan_ = MakeFeaturePlan(spec_, model.input_height(), model.input_width(), reductions_);
  }
  return *plan_;
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
