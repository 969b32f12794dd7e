#include "engine/import/window_attributes.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/import/quoted_name.h"

namespace onebyone {
namespace {

using Numbers = std::optional<std::vector<int64_t>>;

constexpr int64_t kLargestNumber = std::numeric_limits<int32_t>::max();

absl::Status CheckNumbers(absl::string_view name, const Numbers& numbers, int64_t least) {
  if (!numbers.has_value()) return absl::OkStatus();
  if (numbers->size() > 2 * kMaxRank) {
    return absl::InvalidArgumentError(
        absl::StrCat("attribute '", name, "': want at most ", 2 * kMaxRank, " numbers, got ", numbers->size()));
  }
  for (const int64_t number : *numbers) {
    if (number < least || number > kLargestNumber) {
      return absl::InvalidArgumentError(
          absl::StrCat("attribute '", name, "': want numbers from ", least, " to ", kLargestNumber, ", got ", number));
    }
  }
  return absl::OkStatus();
}

// How many spatial axes the attributes speak of; 0 where they say nothing.
size_t CountAxes(const SpatialVector& kernel, const Numbers& strides, const Numbers& pads) {
  if (!kernel.empty()) return kernel.size();
  if (strides.has_value()) return strides->size();
  return pads.has_value() ? pads->size() / 2 : 0;
}

absl::Status CheckLength(absl::string_view name, size_t length, size_t wanted) {
  if (length == wanted) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("attribute '", name, "': want ", wanted, " numbers as there are axes, got ", length));
}

// Explicit pads, or what auto_pad means.
absl::Status ParsePadding(NodeParser& node, const Numbers& pads, Window& window) {
  ASSIGN_OR_RETURN(const std::string auto_pad, node.attributes().String("auto_pad", "NOTSET"));
  const bool has_pads =
      pads.has_value() && std::any_of(pads->begin(), pads->end(), [](int64_t pad) { return pad != 0; });
  if (auto_pad == "NOTSET" || auto_pad.empty()) return absl::OkStatus();
  if (auto_pad == "SAME_UPPER") {
    window.auto_pad = Window::AutoPad::kSameUpper;
  } else if (auto_pad == "SAME_LOWER") {
    window.auto_pad = Window::AutoPad::kSameLower;
  } else if (auto_pad != "VALID") {
    node.AddUnsupported(absl::StrCat("auto_pad ", Quoted(auto_pad)));
  }
  // Runtimes differ in which of the two they believe.
  if (!has_pads) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("attribute 'pads': want none beside auto_pad ", Quoted(auto_pad)));
}

}  // namespace

absl::StatusOr<Window> ParseWindow(NodeParser& node, const SpatialVector& weights_kernel) {
  ASSIGN_OR_RETURN(const Numbers kernel, node.attributes().FindInts("kernel_shape"));
  ASSIGN_OR_RETURN(const Numbers strides, node.attributes().FindInts("strides"));
  ASSIGN_OR_RETURN(const Numbers pads, node.attributes().FindInts("pads"));
  RETURN_IF_ERROR(CheckNumbers("kernel_shape", kernel, 1));
  RETURN_IF_ERROR(CheckNumbers("strides", strides, 1));
  RETURN_IF_ERROR(CheckNumbers("pads", pads, 0));

  Window window;
  window.kernel = kernel.has_value() ? SpatialVector(kernel->begin(), kernel->end()) : weights_kernel;
  const size_t axes = CountAxes(window.kernel, strides, pads);
  if (kernel.has_value() && !weights_kernel.empty()) {
    RETURN_IF_ERROR(CheckLength("kernel_shape", kernel->size(), weights_kernel.size()));
  }
  if (strides.has_value()) RETURN_IF_ERROR(CheckLength("strides", strides->size(), axes));
  if (pads.has_value()) RETURN_IF_ERROR(CheckLength("pads", pads->size(), 2 * axes));
  window.strides = SpatialVector(axes, 1);
  window.dilations = SpatialVector(axes, 1);
  window.pads_begin = SpatialVector(axes, 0);
  window.pads_end = SpatialVector(axes, 0);
  if (strides.has_value()) window.strides.assign(strides->begin(), strides->end());
  if (pads.has_value()) {
    const auto middle = pads->begin() + static_cast<std::ptrdiff_t>(axes);
    window.pads_begin.assign(pads->begin(), middle);
    window.pads_end.assign(middle, pads->end());
  }
  RETURN_IF_ERROR(ParsePadding(node, pads, window));
  return window;
}

absl::Status ParseDilations(NodeParser& node, Window& window) {
  ASSIGN_OR_RETURN(const Numbers dilations, node.attributes().FindInts("dilations"));
  if (!dilations.has_value()) return absl::OkStatus();
  RETURN_IF_ERROR(CheckNumbers("dilations", dilations, 1));
  // Where nothing else tells the number of axes, the dilations may be the first to do so.
  if (!window.dilations.empty()) {
    RETURN_IF_ERROR(CheckLength("dilations", dilations->size(), window.dilations.size()));
  }
  window.dilations.assign(dilations->begin(), dilations->end());
  return absl::OkStatus();
}

}  // namespace onebyone
