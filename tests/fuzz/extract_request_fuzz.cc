#include "absl/status/status.h"
#include "server/intake/message_check.h"
#include "server/request_codec.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/message_rule_check.h"
#include "tests/fuzz/require.h"
#include "tests/fuzz/tiny_models.h"

// An ExtractFeaturesRequest on its way from the wire to its check: it is refused, or says what a lane can do within the
// limits.

namespace {

using onebyone::ExtractSpec;
using onebyone::RequestLimits;
using onebyone::testing::Require;

void CheckSpec(const ExtractSpec& spec, const RequestLimits& limits) {
  const size_t images = spec.images.sources.size();
  Require(images >= 1 && images <= static_cast<size_t>(limits.max_images), "images are within the limit");
  Require(!spec.features.empty() && spec.model != nullptr, "a request that is let in asks a model for something");
  Require(spec.answer_bytes >= 0 && spec.answer_bytes <= limits.max_answer_bytes, "the answer is within the limit");
  Require(spec.image_bytes <= limits.max_message_bytes, "the images are within the limit");
  Require(spec.HeldBytes(2) >= spec.image_bytes + spec.answer_bytes, "what is held counts images and answers");
  Require(!spec.Kind().empty(), "a request is of a kind");
  for (const onebyone::FeatureSpec& feature : spec.features) {
    Require(feature.layer != nullptr && feature.channels >= 1, "a feature has a layer and channels");
    if (spec.fit == onebyone::InputFit::kNative) continue;  // its grid is bounded by the map of each picture
    Require(feature.AnswerBytes(feature.layer->height, feature.layer->width) >= 1, "a feature has bytes");
  }
  for (const onebyone::NativeImage& image : spec.native_images) {
    Require(image.answer_bytes >= (image.status.ok() ? 1 : 0), "a picture that fits has an answer");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const RequestLimits limits;
  static const auto* const rules = new onebyone::MessageRules(limits);
  grpc::ByteBuffer buffer = onebyone::testing::InSlices({reinterpret_cast<const char*>(data), size}, 61);
  (void)onebyone::FindText(buffer, 1);
  onebyone::v1::ExtractFeaturesRequest request;
  const absl::Status read = onebyone::ReadMessage(buffer, rules->extract_features(), request);
  if (!read.ok()) {
    Require(absl::IsInvalidArgument(read), "a message that is refused is INVALID_ARGUMENT");
    return 0;
  }
  onebyone::testing::RequireWithin(rules->extract_features(), request);
  const absl::StatusOr<ExtractSpec> spec =
      onebyone::CheckRequest(request, onebyone::ImagesOf(request), limits, onebyone::testing::TinyModels());
  if (spec.ok()) {
    CheckSpec(*spec, limits);
    return 0;
  }
  const absl::StatusCode code = spec.status().code();
  Require(code == absl::StatusCode::kInvalidArgument || code == absl::StatusCode::kUnimplemented ||
              code == absl::StatusCode::kNotFound || code == absl::StatusCode::kFailedPrecondition,
          "a request that is refused says whose fault it is");
  return 0;
}
