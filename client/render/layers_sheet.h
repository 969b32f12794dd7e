#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/render/layer_view.h"
#include "client/render/view_sheet.h"

namespace onebyone {

// More would be too small to see; the page (layer_page.h) has no such limit.
inline constexpr size_t kMaxSheetLayers = 24;

enum class LayerLook {
  kActivation,  // heat map over the photograph, the channels beneath it
  kComponents,  // three components as red, green and blue over the photograph, and alone beneath it
};

// The photograph and several layers side by side, as PNG, each with its name and shape. A vector is drawn as bars in
// either look. `photograph`: the encoded bytes that the maps were extracted from.
//
// INVALID_ARGUMENT where the photograph cannot be decoded or there are none or over kMaxSheetLayers layers, INTERNAL
// where a map contradicts itself or has no usable geometry, RESOURCE_EXHAUSTED where there is no memory for the
// picture.
absl::StatusOr<std::string> DrawLayersSheet(absl::string_view photograph, const std::vector<LayerView>& layers,
                                            LayerLook look, const ViewCaption& caption);

}  // namespace onebyone
