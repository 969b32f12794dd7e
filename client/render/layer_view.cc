#include "client/render/layer_view.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace onebyone {

std::string ShapeText(const v1::FeatureMap& map) {
  if (map.shape_size() == 1) return absl::StrCat("vector of ", map.shape(0), " channels");
  std::string text = absl::StrCat(map.shape(0), map.shape(0) == 1 ? " channel of " : " channels of ", map.shape(1),
                                  " x ", map.shape(2), " cells");
  if (map.has_geometry()) {
    absl::StrAppendFormat(&text, ", stride %g, each sees %g x %g pixels", map.geometry().stride_y(),
                          map.geometry().receptive_field_height(), map.geometry().receptive_field_width());
  }
  return text;
}

}  // namespace onebyone
