#include "engine/runtime/conv_choice.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace onebyone {
namespace {

absl::string_view NameOf(Layout layout) {
  switch (layout) {
    case Layout::kPlain: return "f32-chw";
    case Layout::kBlocked: return "f32-blocks";
    case Layout::kChannelsLast: return "f32-hwc";
    case Layout::kPlainBFloat16: return "bf16-chw";
    case Layout::kBlockedBFloat16: return "bf16-blocks";
    case Layout::kChannelsLastUInt8: return "u8-hwc";
    case Layout::kChannelsLastInt8: return "s8-hwc";
    case Layout::kChannelsLastCompanded: return "companded-hwc";
  }
  return "?";
}

absl::string_view NameOf(ConvVariant::Algorithm algorithm) {
  switch (algorithm) {
    case ConvVariant::Algorithm::kDirect: return "direct";
    case ConvVariant::Algorithm::kWinograd: return "winograd";
    case ConvVariant::Algorithm::kMerged: return "merged";
  }
  return "?";
}

}  // namespace

std::string NameOf(const ConvVariant& variant) {
  const absl::string_view algorithm = NameOf(variant.algorithm);
  return variant.implementation == 0 ? std::string(algorithm) : absl::StrCat(algorithm, ".", variant.implementation);
}

std::optional<ConvVariant> FindConvVariant(absl::string_view name) {
  for (const ConvVariant& variant : kConvVariants) {
    if (NameOf(variant) == name) return variant;
  }
  if (NameOf(kMergedVariant) == name) return kMergedVariant;
  return std::nullopt;
}

std::string ConvChoice::KeyOf(const ConvSpec& spec) {
  const Window& window = spec.attributes.window;
  const auto list = [](const SpatialVector& vector) { return absl::StrJoin(vector, ","); };
  return absl::StrCat(
      NameOf(spec.src_layout), spec.src.ToString(), ">", NameOf(spec.dst_layout), spec.dst.ToString(), " kernel ",
      list(window.kernel), " strides ", list(window.strides), " pads ", list(window.pads_begin), " dilations ",
      list(window.dilations), " groups ", spec.attributes.groups, spec.bias != nullptr ? " bias" : "",
      IsByte(spec.src_layout) && !spec.attributes.byte_winograd ? " never-winograd" : "", " activation ",
      spec.attributes.activation ? static_cast<int>(spec.attributes.activation->kind) : -1);
}

ConvChoice ConvChoice::Always(const ConvVariant& variant) {
  ConvChoice choice;
  choice.otherwise_ = variant;
  return choice;
}

ConvVariant ConvChoice::For(const std::string& key) const {
  const auto found = variants_.find(key);
  return found == variants_.end() ? otherwise_ : found->second;
}

}  // namespace onebyone
