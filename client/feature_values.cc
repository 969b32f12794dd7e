#include "client/feature_values.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/npy.h"
#include "engine/base/status_macros.h"

namespace onebyone {
namespace {

constexpr int64_t kMaxElements = int64_t{1} << 31;  // more than any message holds

template <typename... Parts>
absl::Status Contradiction(const v1::FeatureMap& map, const Parts&... parts) {
  return absl::InternalError(absl::StrCat("feature map of '", map.layer(), "': ", parts...));
}

absl::StatusOr<int64_t> ElementBytes(const v1::FeatureMap& map) {
  switch (map.data_type()) {
    case v1::FLOAT32: return 4;
    case v1::FLOAT16:
    case v1::BFLOAT16: return 2;
    case v1::UINT8: return 1;
    default: return Contradiction(map, "data type: want FLOAT32, FLOAT16, BFLOAT16 or UINT8, got ", map.data_type());
  }
}

absl::StatusOr<MapExtent> ExtentOf(const v1::FeatureMap& map) {
  const auto& shape = map.shape();
  int64_t elements = 1;
  for (const int64_t extent : shape) {
    if (extent < 1 || extent > kMaxElements / elements) {
      return Contradiction(map, "shape: want sizes from 1 up, got [", absl::StrJoin(shape, ", "), "]");
    }
    elements *= extent;
  }
  if (shape.size() == 1) return MapExtent{.channels = shape[0]};
  if (shape.size() != 3) {
    return Contradiction(map, "shape: want 1 or 3 dimensions, got [", absl::StrJoin(shape, ", "), "]");
  }
  switch (map.layout()) {
    case v1::LAYOUT_UNSPECIFIED:
    case v1::CHW: return MapExtent{.channels = shape[0], .height = shape[1], .width = shape[2]};
    case v1::HWC: return MapExtent{.channels = shape[2], .height = shape[0], .width = shape[1]};
    default: return Contradiction(map, "layout: want CHW or HWC, got ", map.layout());
  }
}

// IEEE 754 binary16, subnormals, infinities and NaN included.
float FromFloat16(uint16_t bits) {
  const int exponent = bits >> 10 & 0x1f;
  const int fraction = bits & 0x3ff;
  float magnitude = 0;
  if (exponent == 0x1f) {
    magnitude = fraction == 0 ? std::numeric_limits<float>::infinity() : std::numeric_limits<float>::quiet_NaN();
  } else if (exponent == 0) {
    magnitude = std::ldexp(static_cast<float>(fraction), -24);
  } else {
    magnitude = std::ldexp(static_cast<float>(fraction | 0x400), exponent - 25);
  }
  return (bits & 0x8000) != 0 ? -magnitude : magnitude;
}

float FromBfloat16(uint16_t bits) { return std::bit_cast<float>(static_cast<uint32_t>(bits) << 16); }

template <typename Convert>
std::vector<float> From16Bits(const std::string& content, Convert convert) {
  std::vector<float> values(content.size() / 2);
  for (size_t i = 0; i < values.size(); ++i) {
    uint16_t bits = 0;
    std::memcpy(&bits, content.data() + 2 * i, sizeof(bits));
    values[i] = convert(bits);
  }
  return values;
}

std::vector<float> FromUint8(const v1::FeatureMap& map, const MapExtent& extent) {
  std::vector<float> values(map.content().size());
  const auto channels = static_cast<size_t>(extent.channels);
  const size_t plane = values.size() / channels;
  for (size_t i = 0; i < values.size(); ++i) {
    const int channel = static_cast<int>(map.layout() == v1::HWC ? i % channels : i / plane);
    const auto level = static_cast<float>(static_cast<uint8_t>(map.content()[i]));
    values[i] = map.scale(channel) * (level - static_cast<float>(map.zero_point(channel)));
  }
  return values;
}

}  // namespace

absl::StatusOr<MapExtent> CheckFeatureMap(const v1::FeatureMap& map) {
  ASSIGN_OR_RETURN(const int64_t element_bytes, ElementBytes(map));
  ASSIGN_OR_RETURN(const MapExtent extent, ExtentOf(map));
  const int64_t wanted = extent.elements() * element_bytes;
  const auto got = static_cast<int64_t>(map.content().size());
  if (got != wanted) return Contradiction(map, "content: want ", wanted, " bytes, got ", got);
  if (map.data_type() == v1::UINT8 &&
      (map.scale_size() != extent.channels || map.zero_point_size() != extent.channels)) {
    return Contradiction(map, "want one scale and zero point for each of ", extent.channels, " channels, got ",
                         map.scale_size(), " and ", map.zero_point_size());
  }
  return extent;
}

absl::StatusOr<std::vector<float>> FloatValues(const v1::FeatureMap& map) {
  ASSIGN_OR_RETURN(const MapExtent extent, CheckFeatureMap(map));
  switch (map.data_type()) {
    case v1::FLOAT16: return From16Bits(map.content(), FromFloat16);
    case v1::BFLOAT16: return From16Bits(map.content(), FromBfloat16);
    case v1::UINT8: return FromUint8(map, extent);
    default: break;
  }
  std::vector<float> values(map.content().size() / sizeof(float));
  std::memcpy(values.data(), map.content().data(), map.content().size());
  return values;
}

absl::StatusOr<std::string> NpyFile(const v1::FeatureMap& map) {
  RETURN_IF_ERROR(CheckFeatureMap(map).status());
  const std::vector<int64_t> shape(map.shape().begin(), map.shape().end());
  if (map.data_type() == v1::FLOAT32) return FormatNpy("<f4", shape, map.content());
  if (map.data_type() == v1::FLOAT16) return FormatNpy("<f2", shape, map.content());
  ASSIGN_OR_RETURN(const std::vector<float> values, FloatValues(map));
  const absl::string_view bytes(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float));
  return FormatNpy("<f4", shape, bytes);
}

}  // namespace onebyone
