#include "server/request_codec.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/status_macros.h"
#include "server/native_check.h"
#include "server/status_details.h"

namespace onebyone {
namespace {

absl::Status CheckCounts(const v1::ExtractFeaturesRequest& request, const RequestLimits& limits) {
  if (request.images().empty() || request.images_size() > limits.max_images) {
    return InvalidField("images", absl::StrCat("wanted 1 to ", limits.max_images, ", got ", request.images_size()));
  }
  if (request.features_size() > limits.max_features) {
    return InvalidField("features", absl::StrCat("wanted none (the model's default) or 1 to ", limits.max_features,
                                                 ", got ", request.features_size()));
  }
  return absl::OkStatus();
}

// Enumerations of which this server supports some members.
absl::Status CheckModes(const v1::ExtractFeaturesRequest& request) {
  if (!v1::InputSize_IsValid(request.input_size())) {
    return InvalidField("input_size", absl::StrCat("wanted a number that the API defines, got ", request.input_size()));
  }
  if (!v1::Decode_IsValid(request.decode())) {
    return InvalidField("decode", absl::StrCat("wanted a number that the API defines, got ", request.decode()));
  }
  if (!v1::Priority_IsValid(request.priority())) {
    return InvalidField("priority", absl::StrCat("wanted a number that the API defines, got ", request.priority()));
  }
  return absl::OkStatus();
}

InputFit FitOf(v1::InputSize size) {
  switch (size) {
    case v1::SQUASH: return InputFit::kSquash;
    case v1::LETTERBOX: return InputFit::kLetterbox;
    case v1::NATIVE: return InputFit::kNative;
    default: return InputFit::kModel;
  }
}

absl::Status CheckFeatures(const v1::ExtractFeaturesRequest& request, ExtractSpec& spec) {
  for (int i = 0; i < request.features_size(); ++i) {
    ASSIGN_OR_RETURN(FeatureSpec feature,
                     CheckFeature(request.features(i), absl::StrCat("features[", i, "]"), *spec.model, spec.fit));
    spec.features.push_back(std::move(feature));
  }
  if (!spec.features.empty()) return absl::OkStatus();
  for (const std::string& layer : spec.model->DefaultLayers()) {
    v1::FeatureRequest whole;
    whole.set_layer(layer);
    ASSIGN_OR_RETURN(FeatureSpec feature, CheckFeature(whole, "features", *spec.model, spec.fit));
    spec.features.push_back(std::move(feature));
  }
  return absl::OkStatus();
}

absl::Status CheckSizes(const v1::ExtractFeaturesRequest& request, const RequestLimits& limits, ExtractSpec& spec) {
  for (const v1::Image& image : request.images()) spec.image_bytes += static_cast<int64_t>(image.content().size());
  if (spec.image_bytes > limits.max_message_bytes) {
    return InvalidField(
        "images", absl::StrCat("wanted at most ", limits.max_message_bytes, " bytes in all, got ", spec.image_bytes));
  }
  if (spec.fit == InputFit::kNative) {
    CheckNativeImages(request, limits, spec);
  } else {
    for (const FeatureSpec& feature : spec.features) {
      spec.answer_bytes += feature.AnswerBytes(feature.layer->height, feature.layer->width) * request.images_size();
    }
  }
  if (spec.answer_bytes <= limits.max_answer_bytes) return absl::OkStatus();
  return InvalidField("features",
                      absl::StrCat("the answer may have at most ", limits.max_answer_bytes, " bytes of features; ",
                                   request.images_size(), " images of ", spec.answer_bytes / request.images_size(),
                                   " bytes each on average are ", spec.answer_bytes,
                                   ": ask for fewer images, channels or layers, or pool"));
}

}  // namespace

int64_t ExtractSpec::HeldBytes(int lanes) const {
  std::vector<int64_t> works;
  for (const NativeImage& image : native_images) works.push_back(image.work_bytes);
  std::sort(works.begin(), works.end(), std::greater<>());
  works.resize(std::min(works.size(), static_cast<size_t>(std::max(1, lanes))));
  return std::accumulate(works.begin(), works.end(), image_bytes + answer_bytes);
}

std::string ExtractSpec::Kind() const {
  // A native size's cost grows with its pixels: one kind per doubling.
  int64_t pixels = 0;
  for (const NativeImage& image : native_images) pixels += image.height * image.width;
  const int64_t doublings =
      native_images.empty() ? 0 : std::ilogb(1.0 + static_cast<double>(pixels) / native_images.size());
  std::set<absl::string_view> layers;
  for (const FeatureSpec& feature : features) layers.insert(feature.layer->name);
  return absl::StrCat(model->bundle.name, "/", model->bundle.version, " ", doublings, " ", absl::StrJoin(layers, " "));
}

absl::StatusOr<ExtractSpec> CheckRequest(const v1::ExtractFeaturesRequest& request, const RequestLimits& limits,
                                         const ModelRegistry& models) {
  RETURN_IF_ERROR(CheckCounts(request, limits));  // first: everything after it is bounded by the counts
  RETURN_IF_ERROR(CheckModes(request));
  ExtractSpec spec;
  spec.fit = FitOf(request.input_size());
  if (request.priority() == v1::BULK) spec.priority = Priority::kBulk;
  ASSIGN_OR_RETURN(spec.model, models.Find(request.model(), request.version()));
  RETURN_IF_ERROR(CheckFeatures(request, spec));
  RETURN_IF_ERROR(CheckSizes(request, limits, spec));
  spec.scaled_decode = request.decode() == v1::SCALED;
  return spec;
}

}  // namespace onebyone
