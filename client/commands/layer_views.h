#pragma once

#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "client/call_options.h"
#include "client/feature_client.h"
#include "client/render/layer_view.h"

namespace onebyone {

// Asks for layers of one image and hands them to `receive` in their order, each whole and with the first three channels
// of its fitted reduction where there is one. Few at a time, so that few maps are in memory; ends at the first error of
// the server or of `receive`.
//
// `request`: model, version and how the image becomes the network's input; its images and features are not read.
// `layers`: names or aliases that `model` lists, which has to be the answer for that model; INVALID_ARGUMENT for
// another.
absl::Status ExtractLayerViews(const FeatureClient& client, const v1::ExtractFeaturesRequest& request,
                               absl::string_view image, const v1::GetModelResponse& model,
                               const std::vector<std::string>& layers, const CallOptions& call,
                               absl::FunctionRef<absl::Status(LayerView)> receive);

}  // namespace onebyone
