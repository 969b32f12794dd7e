#include "engine/runtime/conv_choice.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace onebyone {

bool ConvChoice::IsCandidate(const ConvSpec& spec) {
  const Window& window = spec.attributes.window;
  const auto all = [](const SpatialVector& vector, int64_t wanted) {
    return std::all_of(vector.begin(), vector.end(), [&](int64_t number) { return number == wanted; });
  };
  return spec.attributes.groups == 1 && spec.src_layout == Layout::kBlocked && spec.dst_layout == Layout::kBlocked &&
         all(window.kernel, 3) && all(window.strides, 1) && all(window.dilations, 1);
}

std::string ConvChoice::KeyOf(const ConvSpec& spec) {
  const Window& window = spec.attributes.window;
  return absl::StrCat(spec.src.ToString(), ">", spec.dst.ToString(), "/", absl::StrJoin(window.pads_begin, ","), "/",
                      spec.bias != nullptr, "/",
                      spec.attributes.activation ? static_cast<int>(spec.attributes.activation->kind) : -1);
}

ConvChoice ConvChoice::AlwaysWinograd() {
  ConvChoice choice;
  choice.always_ = true;
  return choice;
}

bool ConvChoice::IsWinograd(const ConvSpec& spec) const {
  if (!IsCandidate(spec)) return false;
  if (always_) return true;
  const auto found = winograd_.find(KeyOf(spec));
  return found != winograd_.end() && found->second;
}

}  // namespace onebyone
