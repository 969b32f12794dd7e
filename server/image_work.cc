#include "server/image_work.h"

#include <algorithm>
#include <exception>
#include <new>
#include <string>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "engine/base/steady_time.h"
#include "server/map_geometry.h"
#include "server/status_details.h"

namespace onebyone {
namespace {

int64_t Microseconds(absl::Duration duration) { return absl::ToInt64Microseconds(duration); }

// What is wrong with a picture itself; to wait for pixel memory in vain is not, nor is a caller that has gone.
ImageWork::Outcome AtPicture(const std::string& field, const absl::Status& status) {
  if (IsEndOfInterest(status)) return {.status = status, .sample = {}};
  return {.status = AtField(field, status),
          .fault = absl::IsInvalidArgument(status) ? ImageWork::Fault::kPicture : ImageWork::Fault::kOther,
          .sample = {}};
}

}  // namespace

ImageWork::Outcome ImageWork::Run(int index, LaneTools& tools, const Cancellation& cancellation,
                                  v1::ImageResult& result) noexcept {
  Outcome outcome;
  const absl::Time start = SteadyNow();
  try {
    tools.cancellation = &cancellation;
    const absl::Cleanup tidy_up = [&tools] { tools.TidyUp(); };
    outcome = Extract(index, tools, cancellation, result);
  } catch (const std::bad_alloc&) {
    outcome.status =
        absl::ResourceExhaustedError(absl::StrCat("images[", index, "]: the server has no memory left for it"));
  } catch (const std::exception& error) {
    outcome.status = absl::InternalError(absl::StrCat("images[", index, "]: ", error.what()));
  }
  if (IsEndOfInterest(outcome.status)) {
    outcome.late_work = SteadyNow() - std::max(start, std::min(SteadyNow(), cancellation.EndOfInterest()));
  }
  return outcome;
}

ImageWork::Outcome ImageWork::Extract(int index, LaneTools& tools, const Cancellation& cancellation,
                                      v1::ImageResult& result) {
  if (const absl::Status wanted = cancellation.Check(); !wanted.ok()) return {.status = wanted, .sample = {}};
  const bool is_native = spec_.fit == InputFit::kNative;
  if (is_native && !spec_.native_images[index].status.ok())
    return {.status = spec_.native_images[index].status, .sample = {}};
  const ImageSource& source = spec_.images.sources[index];
  v1::Timing& timing = *result.mutable_timing();
  const std::string field = absl::StrCat("images[", index, "].content");
  const absl::StatusOr<Preprocessor*> preprocessor = tools.PreprocessorFor(spec_.model);
  if (!preprocessor.ok()) return {.status = preprocessor.status(), .sample = {}};

  const absl::Time start = clock_();
  const int64_t min_side = spec_.scaled_decode ? (*preprocessor)->MinSide(spec_.fit) : 0;
  const absl::StatusOr<RgbImage> image = ReadPixels(source, *tools.decoder, min_side);
  const absl::Time decoded = clock_();
  timing.set_decode_us(Microseconds(decoded - start));
  if (!image.ok()) return AtPicture(field, image.status());
  if (const absl::Status wanted = cancellation.Check(); !wanted.ok()) return {.status = wanted, .sample = {}};

  const absl::StatusOr<FeaturePlan> plan = PlanOf(index);
  const absl::Status usable = plan.ok() ? tools.executor->Use(plan->plan) : plan.status();
  if (!usable.ok()) return {.status = usable, .fault = is_native ? Fault::kOther : Fault::kRequest, .sample = {}};
  const absl::Time planned = clock_();
  const absl::StatusOr<InputToImage> transform =
      WriteInput(source, *image, spec_.fit, **preprocessor, tools.executor->Input());
  if (!transform.ok()) return AtPicture(field, transform.status());
  const absl::Time preprocessed = clock_();
  timing.set_preprocess_us(Microseconds(preprocessed - planned));

  const absl::Status ran = tools.executor->Run(&cancellation);
  // Making the plan is part of it: nearly nothing, but for the first request of its kind. Told of a cancelled run too:
  // it was work.
  timing.set_network_us(Microseconds(clock_() - preprocessed + (planned - decoded)));
  if (!ran.ok()) return {.status = ran, .sample = {}};
  EncodeFeatures(*plan, *transform, *image, tools, result);
  const bool was_decoded = source.form == ImageSource::Form::kEncoded;
  return {.status = absl::OkStatus(),
          .sample = ServiceTimes::Sample{was_decoded ? static_cast<int64_t>(source.bytes.size()) : 0, decoded - start,
                                         clock_() - planned}};
}

void ImageWork::EncodeFeatures(const FeaturePlan& plan, const InputToImage& transform, const RgbImage& image,
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

absl::StatusOr<FeaturePlan> ImageWork::PlanOf(int index) {
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

}  // namespace onebyone
