#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/render/layer_view.h"
#include "client/render/view_sheet.h"

namespace onebyone {

// A page of HTML with the photograph and any number of layers, each with its picture, name, shape, stride and source of
// its colours. The receptive field of the cell under the mouse is drawn on the photograph (page/page.js). The page is
// one file: all pictures are in it, and its own policy forbids every request.
//
// A layer costs the page one pixel a cell and look, so a page of a hundred layers is about a megabyte.
class LayerPage {
 public:
  // INVALID_ARGUMENT where the photograph cannot be decoded.
  static absl::StatusOr<LayerPage> Create(absl::string_view photograph, const ViewCaption& caption);

  // INTERNAL where a map contradicts itself or has no usable geometry.
  absl::Status Add(const LayerView& layer);

  int64_t layers() const { return layers_; }

  std::string ToHtml() const;

 private:
  LayerPage() = default;

  ViewCaption caption_;
  std::string photograph_;  // as a data URI
  int width_ = 0;           // of the original
  int height_ = 0;
  int64_t layers_ = 0;
  std::string cards_;
};

}  // namespace onebyone
