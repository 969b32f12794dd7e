#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/image/preprocessor.h"
#include "engine/model_loader.h"
#include "onebyone/v1/feature_extraction.pb.h"
#include "server/feature_encoder.h"
#include "server/model_registry.h"
#include "server/options.h"
#include "server/priority.h"

namespace onebyone {

// One output asked of every image, checked.
struct FeatureSpec {
  enum class Source : uint8_t { kWhole, kStored, kRandom };

  std::string asked;  // the name or alias that the client wrote
  const LayerInfo* layer = nullptr;
  Source source = Source::kWhole;
  int64_t channels = 0;                     // of the answer
  std::shared_ptr<const Reduction> stored;  // kStored
  uint64_t seed = 0;                        // kRandom
  FeatureForm form;

  // Bytes of the answer for one image, of which the layer has height x width cells.
  int64_t AnswerBytes(int64_t height, int64_t width) const;
};

// What NATIVE makes of one image.
struct NativeImage {
  absl::Status status;  // why it gets no features
  int64_t height = 0;   // of the network's input
  int64_t width = 0;
  int64_t answer_bytes = 0;
  int64_t work_bytes = 0;  // an estimate of what the network takes for it
};

// A request, checked: nothing in it can be wrong any more but the images.
struct ExtractSpec {
  std::shared_ptr<const Model> model;  // the version that the request keeps to its end
  std::vector<FeatureSpec> features;
  Priority priority = Priority::kInteractive;
  InputFit fit = InputFit::kModel;
  std::vector<NativeImage> native_images;  // kNative: one per image
  bool scaled_decode = false;
  int64_t image_bytes = 0;   // encoded, of all images
  int64_t answer_bytes = 0;  // of all images

  // What the request holds until it is answered, where `lanes` images are worked on at a time: encoded images and
  // answers, and at native sizes what the network takes for those that take the most.
  int64_t HeldBytes(int lanes) const;
  // The same for requests of which an image takes about as much lane time, but for decoding: model, layers, input size.
  std::string Kind() const;
};

// Checks `request` against the limits and the model, in an order that refuses the costly first. Allocates little.
// INVALID_ARGUMENT and UNIMPLEMENTED name the field; NOT_FOUND the model; FAILED_PRECONDITION a reduction that the
// bundle lacks.
absl::StatusOr<ExtractSpec> CheckRequest(const v1::ExtractFeaturesRequest& request, const RequestLimits& limits,
                                         const ModelRegistry& models);

// The check of one FeatureRequest; `path` is its field path, as "features[0]". With kNative a grid is compared with the
// map of each image later.
absl::StatusOr<FeatureSpec> CheckFeature(const v1::FeatureRequest& feature, const std::string& path, const Model& model,
                                         InputFit fit);

}  // namespace onebyone
